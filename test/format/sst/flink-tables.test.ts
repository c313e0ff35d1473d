// Every RocksDB table that real Flink wrote into the fixtures.
import { describe, expect, it } from 'vitest';
import { openRocksDbSnapshot, type RocksDbSnapshot } from '../../../src/format/sst/rocksdb-snapshot.js';
import { tableEntries, tableRangeDeletions } from '../../../src/format/sst/table.js';
import type { KeyedStateEntry } from '../../../src/format/state/keyed-state.js';
import { keyGroupOf } from '../../../src/model/key-groups.js';
import { operatorIdOfUid } from '../../../src/model/operator-id.js';
import { fixtureCases, fixtureStates } from '../../support/fixtures.js';
import { runs, testSeed } from '../../support/runs.js';
import { openAll, type TablesOfSubtask, tablesOfSubtasks } from './flink-tables.js';

const subtasks = tablesOfSubtasks();
type Readable = Extract<RocksDbSnapshot, { kind: 'readable' }>;

async function open({ metaStream, tables, handle, operator }: TablesOfSubtask): Promise<RocksDbSnapshot> {
  const { maxParallelism } = operator;
  const opened = await openAll(tables);
  return openRocksDbSnapshot({ metaStream, tables: opened, keyGroups: handle.keyGroups, maxParallelism });
}

/** All in the long run; in the short one some, others each time. */
function sampled<T>(all: readonly T[]): readonly T[] {
  const step = runs({ sample: 8, full: 1 });
  return all.filter((_, index) => index % step === testSeed % step);
}

async function entriesOf(snapshot: Readable, name?: string): Promise<KeyedStateEntry[]> {
  const entries: KeyedStateEntry[] = [];
  for (const state of snapshot.states) {
    if (name !== undefined && state.name !== name) continue;
    for await (const entry of snapshot.entries(state)) entries.push(entry);
  }
  return entries;
}

describe('the tables of a checkpoint', () => {
  it('are there, of all versions of Flink in the fixtures', () => {
    const versions = new Set(subtasks.map(({ fixture }) => fixture.flinkVersion));
    expect([...versions].sort()).toEqual(['1.11.6', '1.15.4', '1.20.1', '2.3.0']);
    expect(subtasks.flatMap(({ tables }) => tables).length).toBeGreaterThan(1000);
  });

  it('hold the writes that their properties count, in order, behind checksums that match', async () => {
    const tables = await openAll(sampled(subtasks).flatMap(({ tables }) => tables));
    expect(tables.length).toBeGreaterThan(100);
    for (const table of tables) {
      const sum = { entries: 0, deletions: 0, rawKeySizeBytes: 0, rawValueSizeBytes: 0 };
      for await (const entries of tableEntries(table)) {
        for (const { key, value, kind } of entries) {
          sum.entries++;
          sum.deletions += kind === 'deletion' ? 1 : 0;
          sum.rawKeySizeBytes += key.length + 8;
          sum.rawValueSizeBytes += value.length;
        }
      }
      for (const { start, end } of await tableRangeDeletions(table)) {
        sum.entries++;
        sum.deletions++;
        sum.rawKeySizeBytes += start.length + 8;
        sum.rawValueSizeBytes += end.length;
      }
      expect(table.properties).toMatchObject(sum);
    }
  });

  it('are laid out in these ways', async () => {
    const layouts = new Set<string>();
    for (const { tables } of subtasks) {
      for (const { footer, properties } of await openAll(tables.slice(0, 1))) {
        layouts.add(`${footer.formatVersion} ${footer.checksum} index ${properties.index.type}`);
      }
    }
    expect([...layouts].sort()).toEqual([
      '0 crc32c index 0',
      '5 crc32c index 0',
      '5 xxh3 index 0',
      '5 xxh3 index 2',
    ]);
  });

  it('name the state that each is of', async () => {
    for (const { tables, metaStream, title } of sampled(subtasks)) {
      const names = (await openAll(tables)).map(({ properties }) => properties.columnFamily?.name);
      const header = Buffer.from(metaStream);
      expect([title, names.filter((name) => name === undefined || !header.includes(name))]).toEqual([
        title,
        [],
      ]);
    }
  });
});

describe('the state of a checkpoint in RocksDB', () => {
  it('is read from its tables, or says why not', async () => {
    const unread = new Set<string>();
    for (const subtask of subtasks) {
      const snapshot = await open(subtask);
      if (snapshot.kind !== 'readable') unread.add(`${subtask.fixture.name} ${snapshot.kind}`);
    }
    expect([...unread]).toEqual(['sql-aggregate unknown-serializer']);
  });

  const states = fixtureCases()
    .flatMap((fixture) => fixtureStates(fixture).map((state) => ({ fixture, state, name: fixture.name })))
    .map(({ state, name, fixture }) => ({
      state,
      name,
      flinkVersion: fixture.flinkVersion,
      parts: subtasks.filter(
        ({ fixture: other, snapshotPath, operator }) =>
          other.name === name &&
          snapshotPath === state.path &&
          operator.id === operatorIdOfUid(state.attributes.uid ?? ''),
      ),
    }))
    .filter(({ parts }) => parts.length > 0);

  it('is there to compare with', () => {
    expect(new Set(states.map(({ flinkVersion }) => flinkVersion)).size).toBeGreaterThanOrEqual(3);
  });

  it.each(states)('is what Flink read: $flinkVersion $name', async ({ state, parts }) => {
    const lines: string[] = [];
    for (const part of parts) {
      const snapshot = await open(part);
      if (snapshot.kind !== 'readable') throw new Error(`${part.title} is ${snapshot.kind}`);
      const entries = await entriesOf(snapshot, state.attributes.state);
      lines.push(...entries.map(({ key, value }) => `${key}=${value}`));
    }
    expect(lines.sort()).toEqual([...state.lines].sort());
  });

  it('has each key in the key group it hashes to', async () => {
    let count = 0;
    const kinds = new Set<string>();
    for (const subtask of sampled(subtasks)) {
      const snapshot = await open(subtask);
      if (snapshot.kind !== 'readable') continue;
      for (const { key, keyGroup, state } of await entriesOf(snapshot)) {
        const expected = keyGroupOf(snapshot.key.javaHashCode(key), subtask.operator.maxParallelism);
        if (keyGroup !== expected) expect([subtask.title, state.name, key, keyGroup]).toBe(expected);
        kinds.add(state.kind);
        count++;
      }
    }
    expect(count).toBeGreaterThan(1000);
    expect([...kinds].sort()).toEqual(['LIST', 'MAP', 'VALUE']);
  });
});
