import { describe, expect, it } from 'vitest';
import { type Compared, diffSnapshots } from '../../src/graph/diff.js';
import { canonicalKey, parseLocation } from '../../src/model/location.js';
import type { FileReference } from '../../src/model/references.js';
import type { OperatorReport } from '../../src/model/snapshot-report.js';
import { operator, sampleReport } from '../render/samples.js';
import { tableOf } from '../support/reference-tables.js';

const at = (path: string) => parseLocation(path, '/');
const file = (path: string, sizeBytes: bigint, kind: FileReference['kind'] = 'file'): FileReference => ({
  location: at(path),
  kind,
  scope: 'shared',
  sizeBytes,
  sizeRule: 'exact',
  handles: 1,
});

interface Side {
  readonly files?: readonly FileReference[];
  readonly local?: Readonly<Record<string, string>>;
  readonly operators?: readonly OperatorReport[];
}

function side({ files = [], local = {}, operators = [] }: Side): Compared {
  const localFiles = new Map(Object.entries(local).map(([name, path]) => [name, canonicalKey(at(path))]));
  return { report: { ...sampleReport, operators }, files: tableOf(files), localFiles, states: null };
}

describe('files', () => {
  it('that a has under another path were uploaded again', () => {
    const diff = diffSnapshots(
      side({
        files: [file('/x/1', 10n), file('/x/2', 5n)],
        local: { '000001.sst 10': '/x/1', '000002.sst 5': '/x/2' },
      }),
      side({
        files: [file('/y/1', 10n), file('/x/2', 5n), file('/y/3', 7n)],
        local: { '000001.sst 10': '/y/1', '000002.sst 5': '/x/2', '000003.sst 7': '/y/3' },
      }),
    );
    expect(diff.reuploaded).toEqual({ files: 1, bytes: 10n });
    expect(diff.added).toEqual({ files: 2, bytes: 17n });
    expect(diff.gone).toEqual({ files: 1, bytes: 10n });
    expect(diff.kept).toEqual({ files: 1, bytes: 5n });
  });

  it('that were merged into and grew are kept, with what was appended', () => {
    const diff = diffSnapshots(
      side({ files: [file('/m', 10n, 'segment')] }),
      side({ files: [file('/m', 25n, 'segment')] }),
    );
    expect(diff).toMatchObject({ kept: { files: 1, bytes: 25n }, appendedBytes: 15n, added: { files: 0 } });
  });

  it('of unknown size add nothing', () => {
    const diff = diffSnapshots(side({}), side({ files: [file('/u', -1n)] }));
    expect(diff.added).toEqual({ files: 1, bytes: 0n });
  });
});

describe('operators', () => {
  const [old, kept] = ['a'.repeat(32), 'b'.repeat(32)];

  it('that came or went have no size on the other side', () => {
    const diff = diffSnapshots(
      side({ operators: [operator({ id: old, fullBytes: 4n })] }),
      side({ operators: [operator({ id: kept, fullBytes: 9n })] }),
    );
    expect(
      diff.operators.map(({ id, bytesA, bytesB, growthBytes }) => [id, bytesA, bytesB, growthBytes]),
    ).toEqual([
      [kept, null, 9n, 9n],
      [old, 4n, null, -4n],
    ]);
  });

  it('without state on both sides are left out, and names are taken from where they are', () => {
    const named = operator({ id: kept, name: 'count', fullBytes: 1n });
    const diff = diffSnapshots(
      side({ operators: [operator({ id: old, hasState: false }), named] }),
      side({ operators: [operator({ id: old, hasState: false }), { ...named, name: null, fullBytes: 3n }] }),
    );
    expect(diff.operators.map(({ id, name, growthBytes }) => [id, name, growthBytes])).toEqual([
      [kept, 'count', 2n],
    ]);
  });

  it('have states by name, without growth where a size is not told', () => {
    const state = (name: string, bytes: bigint | null) =>
      ({ name, kind: 'operator-list', mode: 'UNION', elements: 1, bytes }) as const;
    const diff = diffSnapshots(
      side({ operators: [operator({ states: [state('gone', 2n), state('unknown', null)] })] }),
      side({ operators: [operator({ states: [state('new', 5n), state('unknown', 8n)] })] }),
    );
    expect(diff.operators[0]!.states.map(({ name, growthBytes }) => [name, growthBytes])).toEqual([
      ['gone', -2n],
      ['new', 5n],
      ['unknown', null],
    ]);
  });
});
