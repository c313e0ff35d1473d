// What is inside state that real Flink wrote, against Flink's own reading of it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseLocation } from '../../src/model/location.js';
import { operatorIdOfUid } from '../../src/model/operator-id.js';
import { parseRewrite } from '../../src/model/rewrite.js';
import type { StateValues } from '../../src/model/state-report.js';
import { streamSizeBytes } from '../../src/model/state-sizes.js';
import { openReader } from '../../src/storage/open.js';
import type { StorageReader } from '../../src/storage/storage.js';
import { StorageError, UsageError } from '../../src/support/errors.js';
import { inspectSnapshot } from '../../src/usecases/inspect-snapshot.js';
import { nameByUid } from '../../src/usecases/name-operators.js';
import { statesOf, valuesOf } from '../../src/usecases/read-state.js';
import {
  type FixtureCase,
  fixtureCase,
  fixtureCases,
  fixtureStates,
  materializeTree,
} from '../support/fixtures.js';

interface Asked {
  readonly path?: string;
  readonly tree?: string;
  readonly open?: typeof openReader;
}

async function openCase(
  fixture: FixtureCase,
  { path = '.', tree = fixture.treeDirectory, open = openReader }: Asked = {},
) {
  const options = { openReader: open, rewrites: [parseRewrite(`${fixture.baseUri}=${tree}`, '/')] };
  const inspection = await inspectSnapshot(parseLocation(path, tree), options);
  return {
    inspection,
    states: () => statesOf(inspection, inspection.report.operators, options),
    values: (operator: string | undefined, name: string, key?: string) =>
      valuesOf(inspection, { operator, name, key }, options),
  };
}

function shown(value: unknown): string {
  if (!(value instanceof Map)) return Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
  const entries = [...value].map(([key, entry]) => `${key}:${entry}`).sort();
  return `{${entries.join(', ')}}`;
}

const linesOf = ({ rows }: StateValues) => rows.map(({ key, value }) => `${key}=${shown(value)}`);

const asFlinkReadIt = fixtureCases().flatMap((fixture) =>
  fixtureStates(fixture).map((state) => ({
    title: `${fixture.name} ${state.attributes.uid}.${state.attributes.state}`,
    fixture,
    state,
  })),
);

describe('values of a state', () => {
  it('are there to compare with, of both backends', () => {
    const backends = new Set(asFlinkReadIt.map(({ state }) => state.attributes.backend));
    expect(backends).toEqual(new Set(['hashmap', 'rocksdb']));
  });

  it.each(asFlinkReadIt)('are those that Flink reads: $title', async ({ fixture, state }) => {
    const { uid = '', state: name = '' } = state.attributes;
    const { values } = await openCase(fixture, { path: state.path });
    const lines = linesOf(await values(uid, name));
    expect([...lines].sort()).toEqual([...state.lines].sort());
    const keys = lines.map((line) => line.slice(0, line.indexOf('=')));
    expect(keys).toEqual([...keys].sort());
  });

  it.each(asFlinkReadIt)('can be asked for by key: $title', async ({ fixture, state }) => {
    const { uid = '', state: name = '' } = state.attributes;
    const { values } = await openCase(fixture, { path: state.path });
    const line = state.lines[Math.floor(state.lines.length / 2)]!;
    expect(linesOf(await values(uid, name, line.slice(0, line.indexOf('='))))).toEqual([line]);
    expect(linesOf(await values(uid, name, 'no such key'))).toEqual([]);
  });

  it('of one key are read without the rest of the files', async () => {
    const fixture = fixtureCase('hashmap-threshold-zero');
    const [state] = fixtureStates(fixture);
    const readBytes = async (key?: string) => {
      let bytes = 0;
      const open: typeof openReader = async (location) => {
        const reader = await openReader(location);
        const counted: StorageReader = {
          ...reader,
          readRange: async (at, offset, length) => {
            bytes += length;
            return reader.readRange(at, offset, length);
          },
        };
        return counted;
      };
      const { values } = await openCase(fixture, { path: state!.path, open });
      await values('counter', 'count', key);
      return bytes;
    };
    expect(await readBytes('k0')).toBeLessThan((await readBytes()) / 2);
  });

  it('of an operator are lists by subtask, and one copy of a broadcast map', async () => {
    const { values } = await openCase(fixtureCase('operator-state'));
    const buffer = await values('buffer', 'buffer');
    expect(buffer.state).toMatchObject({ kind: 'operator-list', key: null, value: 'string' });
    expect(buffer.rows.map(({ subtask }) => subtask)).toEqual([0, 1, 2]);
    const rules = await values('rules', 'rules');
    expect(rules.state).toMatchObject({ kind: 'broadcast', key: 'string', value: 'long' });
    expect(new Set(rules.rows.map(({ subtask }) => subtask)).size).toBe(1);
    const [first] = rules.rows;
    expect((await values('rules', 'rules', String(first!.key))).rows).toEqual([first]);
  });

  it('of an unknown operator or state are an error that lists what there is', async () => {
    const { values } = await openCase(fixtureCase('rich-hashmap'));
    await expect(values('nobody', 'map')).rejects.toMatchObject({ next: expect.stringContaining('rich') });
    await expect(values('rich', 'nothing')).rejects.toMatchObject({
      message: 'the operator has no state nothing',
      next: expect.stringContaining('map, mean'),
    });
  });

  it('of a changelog are refused with the reason', async () => {
    const { values } = await openCase(fixtureCase('changelog-rocksdb'));
    const failure = values('payload', 'count');
    await expect(failure).rejects.toThrow(UsageError);
    await expect(failure).rejects.toThrow('spread over a changelog');
  });

  it('of a compressed operator list are those of its elements', async () => {
    const { inspection, values } = await openCase(fixtureCase('compressed-hashmap'));
    const source = inspection.report.operators.find(({ states }) => states.length > 0)!;
    const { state, rows } = await values(source.id, 'SourceReaderState');
    expect(state).toMatchObject({ kind: 'operator-list', value: 'bytes' });
    expect(rows.map(({ value }) => (value as unknown[]).length)).toEqual([1, 1]);
  });
});

describe('the states of an operator', () => {
  const statesIn = async (name: string, uid: string) => {
    const { states } = await openCase(fixtureCase(name));
    const found = (await states()).find(({ id }) => id === operatorIdOfUid(uid));
    if (found === undefined) throw new Error(`${name} has no operator ${uid}`);
    return found;
  };

  it('have kinds and types', async () => {
    const { states } = await statesIn('rich-hashmap', 'rich');
    expect(states.map(({ name, kind, value }) => [name, kind, value])).toEqual([
      ['_timer_state/event_user-timers', 'timers', 'timer<string, void namespace>'],
      ['_timer_state/processing_user-timers', 'timers', 'timer<string, void namespace>'],
      ['expiring', 'value', 'ttl<string>'],
      ['list', 'list', 'list<string>'],
      ['map', 'map', 'map<string, long>'],
      ['mean', 'aggregating', 'long[]'],
      ['sum', 'reducing', 'long'],
    ]);
    expect(states.every(({ key }) => key === 'string')).toBe(true);
  });

  it.each(['rich-hashmap', 'savepoint-canonical-hashmap'])(
    'take the bytes of their files but for heads and marks: %s',
    async (name) => {
      const { inspection, states } = await openCase(fixtureCase(name));
      for (const { id, states: described, keyGroups } of await states()) {
        const operator = inspection.report.operators.find((candidate) => candidate.id === id)!;
        const keyed = described.filter(({ kind }) => !kind.startsWith('operator'));
        const inStates = keyed.reduce((sum, { bytes }) => sum + bytes!, 0n);
        const inKeyGroups = keyGroups.reduce((sum, { bytes }) => sum + bytes, 0n);
        expect(inStates <= inKeyGroups && inKeyGroups <= operator.keyedBytes).toBe(true);
        expect(inStates > 0n).toBe(operator.keyedBytes > 0n);
        // A key group costs a few bytes for itself and for each state that it has.
        const marks = BigInt(keyGroups.length * (4 + 6 * keyed.length));
        expect(inKeyGroups - inStates <= marks).toBe(true);
      }
    },
  );

  it('of RocksDB take the bytes of their tables', async () => {
    const { inspection, states } = await openCase(fixtureCase('rocksdb-incremental'));
    const [described] = (await states()).filter(({ id }) => id === operatorIdOfUid('payload'));
    const metadata = await inspection.document();
    const tables = metadata.operators
      .flatMap(({ subtasks }) => subtasks.flatMap(({ managedKeyedState }) => managedKeyedState))
      .flatMap((handle) => (handle.kind === 'incremental' ? [...handle.shared, ...handle.private] : []))
      .filter(({ localPath }) => localPath.endsWith('.sst'))
      .reduce((sum, { stream }) => sum + streamSizeBytes(stream), 0n);
    expect(described!.states.reduce((sum, { bytes }) => sum + bytes!, 0n)).toBe(tables);
    expect(described!.remarks).toEqual([]);
  });

  it('stop at an unknown serializer, and say so', async () => {
    const { states } = await openCase(fixtureCase('sql-aggregate'));
    const remarks = (await states()).flatMap((operator) => operator.remarks);
    expect(remarks.map(({ reason }) => reason).join('\n')).toContain('RowDataSerializer');
  });

  describe('with a file missing', () => {
    let tree: string;
    beforeAll(() => {
      tree = mkdtempSync(join(tmpdir(), 'ckpt-states-'));
      materializeTree(fixtureCase('rocksdb-incremental'), tree);
    });
    afterAll(() => rmSync(tree, { recursive: true, force: true }));

    it('are told as far as possible, with a remark', async () => {
      const fixture = fixtureCase('rocksdb-incremental');
      const whole = await openCase(fixture, { tree });
      const table = [...whole.inspection.report.files].find(({ scope }) => scope === 'shared')!;
      rmSync(table.path.replace('file://', ''));
      const { states } = await openCase(fixture, { tree });
      const remarks = (await states()).flatMap((operator) => operator.remarks);
      expect(remarks).toHaveLength(1);
      expect(remarks[0]!.reason).toContain('was not read');
    });
  });
});

describe('a state of which the operator was not said', () => {
  const refused = { where: '--uid', code: 'usage' };

  it('is answered by those that have it, be it of keys or of the operator', async () => {
    const { values } = await openCase(fixtureCase('rocksdb-incremental'));
    await expect(values(undefined, 'count')).rejects.toMatchObject({
      ...refused,
      message: '--state count is of one operator, and it was not said which',
      next: 'add --uid with one of those that have it: payload',
    });
    await expect(values(undefined, 'SourceReaderState')).rejects.toMatchObject({
      next: 'add --uid with one of those that have it: numbers',
    });
    await expect(values(undefined, 'nothing')).rejects.toMatchObject({
      next: 'none is known to have it: ckpt inspect --states lists what there is',
    });
  });

  it('tells whose names could not be read', async () => {
    const { inspection } = await openCase(fixtureCase('hashmap-full'));
    const down = async () => Promise.reject(new StorageError('unavailable', 'the store is down'));
    const question = { operator: undefined, name: 'count', key: undefined };
    await expect(valuesOf(inspection, question, { openReader: down })).rejects.toMatchObject({
      ...refused,
      next: 'none is known to have it (the names of one operator could not be read): ckpt inspect --states lists what there is',
    });
  });
});

describe('uids', () => {
  it('name the operators of a version that recorded only ids', async () => {
    const { inspection } = await openCase(fixtureCase('v1.11-rocksdb-incremental'));
    expect(inspection.report.operators.map(({ uid }) => uid)).not.toContain('payload');
    const { report, unused } = nameByUid(inspection.report, ['payload', 'nobody']);
    const named = report.operators.find(({ uid }) => uid === 'payload');
    expect(named?.id).toBe(operatorIdOfUid('payload'));
    expect(unused).toEqual(['nobody']);
  });
});
