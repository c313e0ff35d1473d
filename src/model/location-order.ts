// Sorts the rows of a table of references by their locations: those of each directory by their names alone, where no
// directory has others within it that would come between its files.
import { sortByKey, type WriteKey } from './key-order.js';
import { LocationKey } from './location-key.js';

/** What rows are sorted by: the key of their location, and the number of their directory or 0. */
export interface Located {
  readonly writeKey: WriteKey;
  readonly directory: (row: number) => number;
}

/** Rows whose keys have all in common up to the last slash. */
interface Group {
  readonly prefix: string;
  count: number;
  /** Where its rows begin, and the first of these places that is not yet known to hold one of them. */
  start: number;
  next: number;
}

/** Sorts `rows` in place. */
export function sortByLocation(rows: Uint32Array, located: Located): void {
  const groups = new Map<string, Group>();
  const byDirectory = groupsOf(rows, located, groups);
  const inOrder = [...groups.values()].sort((a, b) => (a.prefix < b.prefix ? -1 : 1));
  if (byDirectory[0] !== undefined || !areApart(inOrder)) {
    sortByKey(rows, located.writeKey);
    return;
  }
  gather(rows, inOrder, (row) => byDirectory[located.directory(row)]!);
  for (const { prefix, start, count } of inOrder) {
    sortByKey(rows.subarray(start, start + count), located.writeKey, prefix.length);
  }
}

/** Puts the rows of each group together, by exchanges: there may be no room for all of them again. */
function gather(rows: Uint32Array, groups: readonly Group[], groupOf: (row: number) => Group): void {
  let start = 0;
  for (const group of groups) {
    group.start = start;
    group.next = start;
    start += group.count;
  }
  for (const group of groups) {
    while (group.next < group.start + group.count) {
      const row = rows[group.next]!;
      const owner = groupOf(row);
      if (owner !== group) {
        rows[group.next] = rows[owner.next]!;
        rows[owner.next] = row;
      }
      owner.next++;
    }
  }
}

/** The group of each directory, by its number; each is put among `groups` by its prefix. */
function groupsOf(rows: Uint32Array, { writeKey, directory }: Located, groups: Map<string, Group>): Group[] {
  const byDirectory: Group[] = [];
  const key = new LocationKey();
  for (const row of rows) {
    const number = directory(row);
    let group = byDirectory[number];
    if (group === undefined) {
      writeKey(row, key);
      const text = Buffer.from(key.bytes.buffer, 0, key.length).toString('latin1');
      const prefix = text.slice(0, text.lastIndexOf('/') + 1);
      group = groups.get(prefix) ?? { prefix, count: 0, start: 0, next: 0 };
      groups.set(prefix, group);
      byDirectory[number] = group;
    }
    group.count++;
  }
  return byDirectory;
}

/** Whether no prefix is the beginning of another; they are in order. */
function areApart(groups: readonly Group[]): boolean {
  return groups.every(({ prefix }, index) => !groups[index + 1]?.prefix.startsWith(prefix));
}
