// Every state file that real Flink wrote into the fixtures, read and written again.
import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../src/format/bytes/byte-reader.js';
import { writeCanonicalSnapshot } from '../../../src/format/state/canonical-snapshot.js';
import { writeHeapSnapshot } from '../../../src/format/state/heap-snapshot.js';
import { readKeyedHeader } from '../../../src/format/state/keyed-header.js';
import { openKeyedSnapshot } from '../../../src/format/state/keyed-snapshot.js';
import type {
  KeyedContent,
  KeyedSnapshot,
  WrittenKeyedState,
} from '../../../src/format/state/keyed-state.js';
import { readOperatorHeader } from '../../../src/format/state/operator-header.js';
import { openOperatorSnapshot, writeOperatorSnapshot } from '../../../src/format/state/operator-snapshot.js';
import { keyGroupOf } from '../../../src/model/key-groups.js';
import type { KeyGroupsHandle } from '../../../src/model/metadata.js';
import { operatorIdOfUid } from '../../../src/model/operator-id.js';
import { type FixtureState, fixtureCases, fixtureStates } from '../../support/fixtures.js';
import { keyGroupsFiles, metaStreams, operatorFiles, type StateFile } from './flink-state-files.js';

type Readable = Extract<KeyedSnapshot, { kind: 'readable' }>;
interface KeyedFile extends StateFile<KeyGroupsHandle> {
  readonly snapshot: KeyedSnapshot;
}

const keyed: readonly KeyedFile[] = keyGroupsFiles().map((file) => {
  const { maxParallelism } = file.operator;
  return { ...file, snapshot: openKeyedSnapshot(file.bytes, { ...file.handle, maxParallelism }) };
});
const readable = keyed.flatMap((file) =>
  file.snapshot.kind === 'readable' ? [{ ...file, snapshot: file.snapshot }] : [],
);
/** What is written here is not compressed. */
const plain = readable.filter(({ snapshot }) => !snapshot.header.compressed);

function contentOf(snapshot: Readable, handle: KeyGroupsHandle): KeyedContent {
  const entries = [...snapshot.entries()];
  return {
    key: snapshot.key,
    keyGroups: handle.keyGroups,
    states: snapshot.states.map((state) => ({
      state,
      forEach: (visit) => {
        for (const entry of entries) if (entry.state === state) visit(entry.keyGroup, entry);
      },
    })),
  };
}

function write(content: KeyedContent, file: KeyedFile): WrittenKeyedState {
  const { maxParallelism } = file.operator;
  return file.handle.kind === 'key-groups'
    ? writeHeapSnapshot(content)
    : writeCanonicalSnapshot({ ...content, maxParallelism });
}

/** The bytes of a key group after its number, and (canonical) before its end mark. */
function keyGroupBytes(written: WrittenKeyedState, index: number, handle: KeyGroupsHandle): Buffer {
  const isHeap = handle.kind === 'key-groups';
  const start = Number(written.offsets[index]);
  if (start === 0) return Buffer.alloc(0);
  const next = written.offsets.slice(index + 1).find((offset) => offset !== 0n);
  const end = Number(next ?? BigInt(written.bytes.length));
  return Buffer.from(written.bytes.subarray(start + (isHeap ? 4 : 0), end - (isHeap ? 0 : 2)));
}

/** Flink writes the states of a key group in the order of a hash map: takes ours apart and puts them in its order. */
function inOrderOfFlink(flink: Buffer, blocks: readonly Buffer[]): Buffer {
  const ordered: Buffer[] = [];
  for (let at = 0; at < flink.length; ) {
    const block = blocks[flink.readInt16BE(at)]!;
    ordered.push(block);
    at += block.length;
  }
  return Buffer.concat(ordered);
}

describe('keyed state that Flink wrote', () => {
  it('is all there, and what cannot be read says why', () => {
    expect(keyed.length).toBeGreaterThan(30);
    const others = keyed.filter(({ snapshot }) => snapshot.kind !== 'readable');
    expect(new Set(others.map(({ fixture, snapshot }) => `${fixture.name} ${snapshot.kind}`))).toEqual(
      new Set(['sql-aggregate unknown-serializer']),
    );
  });

  it.each(readable)('has each key in the key group it hashes to: $title', ({ snapshot, operator }) => {
    const entries = [...snapshot.entries()];
    const keyGroups = entries.map(({ key }) =>
      keyGroupOf(snapshot.key.javaHashCode(key), operator.maxParallelism),
    );
    expect(entries.length).toBeGreaterThan(0);
    expect(keyGroups).toEqual(entries.map(({ keyGroup }) => keyGroup));
  });

  it.each(plain)('is written again byte for byte: $title', (file) => {
    const { handle, snapshot, bytes } = file;
    const content = contentOf(snapshot, handle);
    const ours = write(content, file);
    const { sizeBytes } = snapshot.header;
    expect(Buffer.compare(ours.bytes.subarray(0, sizeBytes), bytes.subarray(0, sizeBytes))).toBe(0);
    expect(ours.offsets).toEqual(handle.offsets);
    const stateAlone = content.states.map((state) => write({ ...content, states: [state] }, file));
    const different = handle.offsets.flatMap((_, index) => {
      const blocks = stateAlone.map((alone, id) => {
        const block = keyGroupBytes(alone, index, handle);
        if (block.length > 0) block.writeInt16BE(id, 0);
        return block;
      });
      const flink = keyGroupBytes({ bytes, offsets: handle.offsets }, index, handle);
      const together = keyGroupBytes(ours, index, handle);
      const isSame = inOrderOfFlink(flink, blocks).equals(flink) && Buffer.concat(blocks).equals(together);
      return isSame ? [] : [handle.keyGroups.first + index];
    });
    expect(different).toEqual([]);
  });

  it('gives only the key groups asked for', () => {
    const { snapshot, handle } = readable[0]!;
    const all = [...snapshot.entries()];
    const { first, last } = handle.keyGroups;
    const middle = { first: first + 5, last: last - 5 };
    const some = [...snapshot.entries(middle)];
    expect(some).toEqual(all.filter(({ keyGroup }) => keyGroup >= middle.first && keyGroup <= middle.last));
    expect(some.length).toBeLessThan(all.length);
    expect([...snapshot.entries({ first: last + 1, last: last + 10 })]).toEqual([]);
  });
});

function shown(value: unknown): string {
  if (value instanceof Map)
    return `{${[...value]
      .map(([key, entry]) => `${key}:${entry}`)
      .sort()
      .join(', ')}}`;
  return Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
}

function isOf(file: KeyedFile, fixture: string, state: FixtureState): boolean {
  const id = operatorIdOfUid(state.attributes.uid ?? '');
  return file.fixture.name === fixture && file.snapshotPath === state.path && file.operator.id === id;
}

const asFlinkReadIt = fixtureCases()
  .flatMap((fixture) => fixtureStates(fixture).map((state) => ({ fixture, state })))
  .filter(({ fixture, state }) => readable.some((file) => isOf(file, fixture.name, state)));

describe('values as Flink read them', () => {
  it('are there to compare with', () => {
    expect(asFlinkReadIt.map(({ fixture }) => fixture.name)).toContain('hashmap-threshold-zero');
    expect(asFlinkReadIt.length).toBeGreaterThanOrEqual(4);
  });

  it.each(asFlinkReadIt)('are the ones read here: $fixture.name $state.attributes', ({ fixture, state }) => {
    const lines = readable
      .filter((file) => isOf(file, fixture.name, state))
      .flatMap(({ snapshot }) => [...snapshot.entries()])
      .filter((entry) => entry.state.name === state.attributes.state)
      .map(({ key, value }) => `${key}=${shown(value)}`);
    expect(lines.sort()).toEqual([...state.lines].sort());
  });
});

describe('the meta stream of an incremental checkpoint', () => {
  const streams = metaStreams();

  it('names all states with their serializers, unless one is unknown', () => {
    expect(streams.length).toBeGreaterThan(30);
    const partial = streams.filter(({ bytes }) => readKeyedHeader(bytes).kind === 'partial');
    expect([...new Set(partial.map(({ fixture }) => fixture.name))]).toEqual(['sql-aggregate']);
    for (const { bytes, title } of streams) {
      const header = readKeyedHeader(bytes);
      if (header.kind === 'partial') {
        expect(header.unknown.className).toContain('RowDataSerializer');
      } else {
        expect([title, header.sizeBytes]).toEqual([title, bytes.length]);
        expect(header.states.length).toBeGreaterThan(0);
      }
    }
  });
});

const isCompressed = ({ bytes }: { readonly bytes: Uint8Array }) =>
  readOperatorHeader(new ByteReader(bytes)).compressed;

describe('operator state that Flink wrote', () => {
  const files = operatorFiles();

  it('is read, compressed or not', () => {
    expect(files.length).toBeGreaterThan(50);
    const unread = files.filter(
      ({ bytes, handle }) => openOperatorSnapshot(bytes, handle.states).kind !== 'readable',
    );
    expect(unread).toEqual([]);
    expect(files.filter(isCompressed).map(({ fixture }) => fixture.name)).toContain('compressed-hashmap');
  });

  it('is written again byte for byte, by Flink 1.18 and later', () => {
    let compared = 0;
    for (const { bytes, handle, title } of files) {
      const snapshot = openOperatorSnapshot(bytes, handle.states);
      const version = new DataView(bytes.buffer, bytes.byteOffset).getInt32(0);
      if (snapshot.kind !== 'readable' || version !== 6 || isCompressed({ bytes })) continue;
      const written = writeOperatorSnapshot(snapshot.states);
      expect([title, Buffer.compare(written.bytes, bytes)]).toEqual([title, 0]);
      const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
      expect([...written.states].sort(byName)).toEqual([...handle.states].sort(byName));
      compared++;
    }
    expect(compared).toBeGreaterThan(50);
  });

  it('holds the lists, union lists and broadcast maps of the job', () => {
    const states = files
      .filter(({ fixture }) => fixture.name === 'operator-state')
      .flatMap(({ bytes, handle }) => {
        const snapshot = openOperatorSnapshot(bytes, handle.states);
        return snapshot.kind === 'readable' ? snapshot.states : [];
      });
    const named = (name: string) => states.filter((state) => state.name === name);
    expect(named('buffer').map(({ mode }) => mode)).toEqual(Array(3).fill('SPLIT_DISTRIBUTE'));
    expect(named('seen').map(({ mode }) => mode)).toEqual(Array(3).fill('UNION'));
    expect(named('rules').map((state) => state.mode === 'BROADCAST' && state.entries.size > 0)).toEqual(
      Array(3).fill(true),
    );
    expect(named('buffer').every((state) => state.mode !== 'BROADCAST' && state.elements.length > 0)).toBe(
      true,
    );
  });
});
