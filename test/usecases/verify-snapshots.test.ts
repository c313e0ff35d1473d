// `verify` over everything that real Flink left behind, and over the same with a byte of it changed.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readMetadata } from '../../src/format/metadata/read.js';
import { parseLocation } from '../../src/model/location.js';
import type { Metadata, StreamStateHandle } from '../../src/model/metadata.js';
import { parseRewrite } from '../../src/model/rewrite.js';
import type { VerifiedSnapshot } from '../../src/model/verify-report.js';
import { delegatingReader } from '../../src/storage/delegating.js';
import { type OpenReader, openReader } from '../../src/storage/open.js';
import type { StorageReader } from '../../src/storage/storage.js';
import { StorageError } from '../../src/support/errors.js';
import { verifySnapshots } from '../../src/usecases/verify-snapshots.js';
import {
  type FixtureCase,
  fixtureCase,
  fixtureCases,
  fixtureRows,
  fixtureSnapshots,
  materializeTree,
} from '../support/fixtures.js';

const scratch = mkdtempSync(join(tmpdir(), 'ckpt-verify-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Place {
  readonly fixture: FixtureCase;
  readonly directory: string;
}

async function verify({ fixture, directory }: Place, deep: boolean, open: OpenReader = openReader) {
  const rewrites = [parseRewrite(`${fixture.baseUri}=${directory}`, '/')];
  return verifySnapshots([parseLocation(directory, '/')], { openReader: open, rewrites, deep });
}

function inPlace(name: string): Place {
  const fixture = fixtureCase(name);
  return { fixture, directory: fixture.treeDirectory };
}

let copies = 0;
function copyOf(name: string): Place {
  const fixture = fixtureCase(name);
  const directory = join(scratch, `${name}-${copies++}`);
  mkdirSync(directory);
  materializeTree(fixture, directory);
  return { fixture, directory };
}

const wholeSnapshots = (snapshots: readonly VerifiedSnapshot[]) =>
  snapshots.filter(({ condition }) => condition === 'complete').length;

describe('verifySnapshots', () => {
  it.each(fixtureCases().map(({ name }) => [name]))(
    'finds nothing wrong in %s but what is missing',
    async (name) => {
      const { snapshots, problems } = await verify(inPlace(name), true);
      const missing = new Set(snapshots.flatMap((snapshot) => snapshot.missing.map(({ path }) => path)));
      expect(problems).toEqual([]);
      expect(missing.size).toBe(fixtureRows(fixtureCase(name), 'missing.txt').length);
      expect(wholeSnapshots(snapshots)).toBeGreaterThan(0);
      for (const { sizeMismatch, damaged, unchecked, unverified, error } of snapshots) {
        expect({ sizeMismatch, damaged, unchecked, unverified, error }).toEqual({
          sizeMismatch: [],
          damaged: [],
          unchecked: [],
          unverified: [],
          error: null,
        });
      }
    },
  );

  it('tells whose state a claim took away', async () => {
    const { snapshots } = await verify(inPlace('restore-claim'), false);
    const [chk2] = snapshots.filter(({ condition }) => condition === 'broken');
    expect(chk2?.missing).toHaveLength(6);
    const owners = chk2!.missing.flatMap(({ operators }) => operators);
    expect(new Set(owners.map(({ name, uid }) => `${name} ${uid}`)).size).toBe(1);
    expect(new Set(owners.map(({ subtasks, keyGroups }) => JSON.stringify([subtasks, keyGroups])))).toEqual(
      new Set(['[[0],[{"first":0,"last":63}]]', '[[1],[{"first":64,"last":127}]]']),
    );
    expect(chk2?.restorable).toBe(false);
  });

  it('tells the operators of a file that many checkpoints share, in each with its own', async () => {
    const place = copyOf('rescale-2-to-4');
    const shared = fileOf(place, (handle) => handle.kind === 'incremental' && handle.shared[0]?.stream);
    rmSync(shared.file);
    const { snapshots } = await verify(place, false);
    const broken = snapshots.filter(({ missing }) => missing.length > 0);
    expect(broken.length).toBeGreaterThan(0);
    for (const { missing } of broken) expect(missing[0]?.operators[0]?.subtasks.length).toBeGreaterThan(0);
  });
});

describe('a changed byte', () => {
  it.each([
    ['v1.11-rocksdb-incremental', 'CRC-32C of Flink 1.11'],
    ['v1.15-rocksdb-incremental', 'CRC-32C of Flink 1.15'],
    ['restore-noclaim', 'Flink 2.3'],
    ['forst', 'ForSt'],
    ['changelog-rocksdb', 'a changelog over RocksDB'],
  ])('in a table of %s is seen by its checksum (%s)', async (name) => {
    const place = copyOf(name);
    const { file } = fileOf(place, (handle) =>
      handle.kind === 'incremental'
        ? handle.shared.find(({ localPath }) => localPath.endsWith('.sst'))?.stream
        : handle.kind === 'changelog' && handle.materialized[0]?.kind === 'incremental'
          ? handle.materialized[0].shared.find(({ localPath }) => localPath.endsWith('.sst'))?.stream
          : undefined,
    );
    flip(file, 10);
    expect((await verify(place, false)).snapshots.some(({ condition }) => condition === 'broken')).toBe(
      false,
    );
    const { snapshots } = await verify(place, true);
    const damaged = snapshots.flatMap((snapshot) => snapshot.damaged);
    expect(damaged[0]?.path).toBe(`file://${file}`);
    expect(damaged[0]?.reason).toMatch(/checksum does not match/);
    expect(damaged[0]?.operators[0]?.keyGroups.length).toBe(1);
    for (const { damaged: own, restorable, condition } of snapshots) {
      if (condition === 'incomplete') continue;
      expect([restorable, condition]).toEqual(own.length > 0 ? [false, 'broken'] : [true, 'complete']);
    }
  });

  it('in the middle of a merged file is seen where a segment lies, and by its owner', async () => {
    const place = copyOf('file-merging-across');
    const { file, stream } = fileOf(
      place,
      (handle) => handle.kind === 'incremental' && handle.shared[0]?.stream,
    );
    flip(file, Number(stream.kind === 'segment' ? stream.startPos : 0n) + 10);
    const damaged = (await verify(place, true)).snapshots.flatMap((snapshot) => snapshot.damaged);
    expect(damaged.length).toBeGreaterThan(0);
    expect(damaged[0]).toMatchObject({ path: `file://${file}`, reason: expect.stringContaining('checksum') });
  });

  it('in the header of a heap file is seen', async () => {
    const place = copyOf('hashmap-full');
    const { file } = fileOf(place, (handle) => handle.kind === 'key-groups' && handle.stream);
    flip(file, 3);
    const [snapshot] = (await verify(place, true)).snapshots;
    expect(snapshot?.damaged[0]?.reason).toMatch(/keyed state of version/);
  });

  it('in the number of a key group is seen', async () => {
    const place = copyOf('hashmap-full');
    const { file, offset } = fileOf(place, (handle) => handle.kind === 'key-groups' && handle.stream);
    flip(file, offset + 3);
    const [snapshot] = (await verify(place, true)).snapshots;
    expect(snapshot?.damaged[0]?.reason).toMatch(/key group/);
  });

  it('in the header of operator state is seen', async () => {
    const place = copyOf('hashmap-threshold-zero');
    const [metadata] = documentsOf(place);
    const handle = metadata!.operators
      .flatMap(({ subtasks }) => subtasks.flatMap(({ managedOperatorState }) => managedOperatorState))
      .find(({ stream }) => pathOf(place, stream) !== null);
    flip(pathOf(place, handle!.stream)!, 3);
    const [snapshot] = (await verify(place, true)).snapshots;
    expect(snapshot?.damaged[0]?.reason).toMatch(/operator state of version/);
  });
});

describe('a store that fails', () => {
  it('makes a file unverified, and nothing damaged', async () => {
    const denied: OpenReader = async (location) => {
      const inner = await openReader(location);
      return {
        ...delegatingReader(inner),
        readRange: async (at) => {
          throw new StorageError('denied', `no entry to ${at.path}`);
        },
      } satisfies StorageReader;
    };
    const { snapshots } = await verify(inPlace('rocksdb-incremental'), true, denied);
    for (const { damaged, unverified, restorable, condition } of snapshots) {
      expect({ damaged, restorable, condition }).toEqual({
        damaged: [],
        restorable: false,
        condition: 'complete',
      });
      expect(unverified[0]?.reason).toMatch(/no entry to/);
    }
  });

  it('leaves out checkpoints that are deleted while they are verified', async () => {
    const place = copyOf('rocksdb-incremental');
    const vanishing: OpenReader = async (location) => {
      const inner = await openReader(location);
      let reads = 0;
      return {
        ...delegatingReader(inner),
        readRange: async (at, offset, length) => {
          if (reads++ === 0) {
            rmSync(at.path);
            for (const { path } of fixtureSnapshots(place.fixture))
              rmSync(join(place.directory, path), { recursive: true });
          }
          return inner.readRange(at, offset, length);
        },
      } satisfies StorageReader;
    };
    const { snapshots } = await verify(place, true, vanishing);
    expect(snapshots).toEqual([]);
  });

  it('reads what several checkpoints share only once', async () => {
    const place = inPlace('rocksdb-incremental');
    const read = new Map<string, number>();
    const counting: OpenReader = async (location) => {
      const inner = await openReader(location);
      return {
        ...delegatingReader(inner),
        readRange: (at, offset, length) => {
          read.set(at.path, (read.get(at.path) ?? 0) + length);
          return inner.readRange(at, offset, length);
        },
      } satisfies StorageReader;
    };
    await verify(place, true, counting);
    expect(read.size).toBeGreaterThan(20);
    for (const [path, bytes] of read) expect(bytes).toBeLessThan(readFileSync(path).length + 33 * 1024);
  });
});

type KeyedHandle = Metadata['operators'][number]['subtasks'][number]['managedKeyedState'][number];

function documentsOf({ fixture }: Place): readonly Metadata[] {
  return fixtureSnapshots(fixture).map(({ bytes }) => readMetadata(bytes));
}

/** The first file that `choose` finds among the handles of keyed state, and where its first key group begins. */
function fileOf(
  place: Place,
  choose: (handle: KeyedHandle) => StreamStateHandle | undefined | false,
): { readonly file: string; readonly offset: number; readonly stream: StreamStateHandle } {
  for (const { path, bytes } of fixtureSnapshots(place.fixture)) {
    for (const { subtasks } of readMetadata(bytes).operators) {
      for (const handle of subtasks.flatMap(({ managedKeyedState }) => managedKeyedState)) {
        const stream = choose(handle);
        const file = stream ? pathOf(place, stream, path) : null;
        if (!stream || file === null) continue;
        return { file, stream, offset: handle.kind === 'key-groups' ? Number(handle.offsets[0]) : 0 };
      }
    }
  }
  throw new Error(`${place.fixture.name} has no such file`);
}

function pathOf({ fixture, directory }: Place, stream: StreamStateHandle, snapshot?: string): string | null {
  if (stream.kind === 'relative-file') {
    const at = snapshot ?? fixtureSnapshots(fixture)[0]!.path;
    return join(directory, at, stream.relativePath);
  }
  if (stream.kind !== 'file' && stream.kind !== 'segment') return null;
  return stream.path.replace(fixture.baseUri, directory);
}

/** Changes one byte; the size stays. */
function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = bytes[at]! ^ 0x55;
  const copy = `${file}.new`;
  mkdirSync(dirname(copy), { recursive: true });
  writeFileSync(copy, bytes);
  copyFileSync(copy, file);
  rmSync(copy);
}
