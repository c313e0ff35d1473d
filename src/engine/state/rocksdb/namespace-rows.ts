// What a key has in a state with namespaces as rows, and back: the namespace stands in the row's key behind the key.
// Source: Flink SerializedCompositeKeyBuilder#buildCompositeKeyNamespace.
import { ByteReader } from '../../../format/bytes/byte-reader.js';
import type { ValueKeyedState } from '../../../format/state/keyed-state.js';
import { namespaceForm } from '../namespace-form.js';
import type { NamespaceEntries } from '../state-column.js';
import type { CachedColumn } from './key-cache.js';
import type { Row, RowBatch } from './row-batch.js';
import { addRows, readContents, readMap, rowKeyIn } from './state-rows.js';

/** Adds the rows of the namespaces of a slot that changed; `prefix` is that of its key. */
export function takeNamespaceRows(
  batch: RowBatch,
  { state, contents, changedNamespaces }: CachedColumn,
  { slot, prefix }: { readonly slot: number; readonly prefix: Uint8Array },
): void {
  const entries = contents[slot] as NamespaceEntries | undefined;
  for (const { form, namespace, mapKeys } of changedNamespaces.get(slot)?.values() ?? []) {
    const writeKey = rowKeyIn(prefix, state.namespace, namespace);
    addRows(batch, state, writeKey, { contents: entries?.get(form)?.contents, mapKeys: mapKeys?.keys() });
  }
}

/** Reads all rows that begin with the prefix of one key; undefined where there are none. */
export function readNamespaces(
  state: ValueKeyedState,
  prefix: Uint8Array,
  rows: readonly Row[],
): NamespaceEntries | undefined {
  const formOf = namespaceForm(state.namespace);
  const entries: NamespaceEntries = new Map();
  for (const row of rows) {
    const source = new ByteReader(row.key.subarray(prefix.length));
    const namespace = state.namespace.read(source);
    const form = formOf(namespace);
    const known = entries.get(form);
    if (state.kind !== 'MAP') {
      entries.set(form, { namespace, contents: readContents(state, row.value!) });
      continue;
    }
    const rowKey = row.key.subarray(0, prefix.length + source.offset);
    const map = readMap(state, rowKey, [row])!;
    if (known === undefined) entries.set(form, { namespace, contents: map });
    else for (const [key, value] of map) (known.contents as Map<unknown, unknown>).set(key, value);
  }
  return entries.size === 0 ? undefined : entries;
}
