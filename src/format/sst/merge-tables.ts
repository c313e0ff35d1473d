// What a column family shows: the newest state of each key over all its tables, as RocksDB's own iterator gives it.
// Source: RocksDB MergingIterator, DBIter, StringAppendTESTOperator (utilities/merge_operators/string_append).
import { newestDeletionOver } from './range-deletions.js';
import {
  compareWrites,
  type RangeDeletion,
  type Table,
  type TableEntry,
  tableEntries,
  tableRangeDeletions,
} from './table.js';
import { UnreadTableError } from './unread-table-error.js';

/** What is merged: the writes of one table, or anything in the same order. */
export interface MergeSource {
  readonly entries: AsyncIterable<readonly TableEntry[]>;
  readonly rangeDeletions: readonly RangeDeletion[];
  readonly mergeOperator: string | null;
}

/** A key and what it has. Bytes of the tables; nothing may be written to them. */
export interface VisibleEntry {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** Joins lists with a comma. Flink sets it, under one of its names, for all its column families. */
const STRING_APPEND = new Set(['StringAppendTESTOperator', 'StringAppendOperator']);
const COMMA = Buffer.from(',');

/** A table as a source to merge. */
export async function mergeSourceOf(table: Table): Promise<MergeSource> {
  return {
    entries: tableEntries(table),
    rangeDeletions: await tableRangeDeletions(table),
    mergeOperator: table.properties.mergeOperator,
  };
}

/**
 * The keys of one column family with their values, ascending. `sources` are all its tables, in any order. Holds one
 * part of each source at a time, and all writes to one key.
 */
export async function* mergeTables(sources: readonly MergeSource[]): AsyncGenerator<VisibleEntry> {
  const deletedAt = newestDeletionOver(sources.flatMap(({ rangeDeletions }) => rangeDeletions));
  for await (const writes of writesByKey(sources)) {
    const { key } = writes[0]!.entry;
    const value = visibleValue(writes, deletedAt(key));
    if (value !== null) yield { key, value };
  }
}

interface Write {
  readonly entry: TableEntry;
  readonly mergeOperator: string | null;
}

/** The value after all writes, newest first: those from a deletion or a value on no longer matter. */
function visibleValue(writes: readonly Write[], deletedAt: number): Buffer | null {
  const operands: Buffer[] = [];
  for (const { entry, mergeOperator } of writes) {
    if (entry.sequence < deletedAt || entry.kind === 'deletion' || entry.kind === 'single-deletion') break;
    operands.push(entry.value);
    if (entry.kind === 'value') break;
    expectStringAppend(mergeOperator);
  }
  if (operands.length <= 1) return operands[0] ?? null;
  return Buffer.concat(operands.reverse().flatMap((operand, i) => (i === 0 ? [operand] : [COMMA, operand])));
}

function expectStringAppend(mergeOperator: string | null): void {
  if (mergeOperator === null || !STRING_APPEND.has(mergeOperator)) {
    throw new UnreadTableError('merge-operator', `values merged by ${mergeOperator} are not read`);
  }
}

/** Groups of the writes to one key, newest first, by ascending key. */
async function* writesByKey(sources: readonly MergeSource[]): AsyncGenerator<readonly Write[]> {
  let group: Write[] = [];
  for await (const write of merged(sources)) {
    if (group.length > 0 && !group[0]!.entry.key.equals(write.entry.key)) {
      yield group;
      group = [];
    }
    group.push(write);
  }
  if (group.length > 0) yield group;
}

/** A source on its way: the part at hand, and the write in it that is next. */
interface Front {
  readonly parts: AsyncIterator<readonly TableEntry[]>;
  readonly mergeOperator: string | null;
  part: readonly TableEntry[];
  at: number;
}

async function* merged(sources: readonly MergeSource[]): AsyncGenerator<Write> {
  const fronts: Front[] = [];
  for (const { entries, mergeOperator } of sources) {
    const front = { parts: entries[Symbol.asyncIterator](), mergeOperator, part: [], at: 0 };
    if (await hasNext(front)) fronts.push(front);
  }
  fronts.sort(byNextWrite);
  while (fronts.length > 0) {
    const front = fronts[0]!;
    yield { entry: nextOf(front), mergeOperator: front.mergeOperator };
    front.at++;
    if (!(front.at < front.part.length || (await hasNext(front)))) fronts.shift();
    else if (fronts.length > 1 && byNextWrite(front, fronts[1]!) > 0) reinsertFirst(fronts);
  }
}

/** Gets the next part that holds anything. */
async function hasNext(front: Front): Promise<boolean> {
  front.at = 0;
  do {
    const { done, value } = await front.parts.next();
    if (done) return false;
    front.part = value;
  } while (front.part.length === 0);
  return true;
}

function nextOf(front: Front): TableEntry {
  return front.part[front.at]!;
}

function byNextWrite(a: Front, b: Front): number {
  return compareWrites(nextOf(a), nextOf(b));
}

/** Puts the first one where it belongs among the others, which are in order. */
function reinsertFirst(fronts: Front[]): void {
  const front = fronts.shift()!;
  let low = 0;
  let high = fronts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byNextWrite(fronts[middle]!, front) < 0) low = middle + 1;
    else high = middle;
  }
  fronts.splice(low, 0, front);
}
