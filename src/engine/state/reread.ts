// Values in another form of the same type: a job may ask for a state only when it has been restored, and then say that
// its longs are numbers and not bigints.
import { ByteReader } from '../../format/bytes/byte-reader.js';
import { ByteWriter } from '../../format/bytes/byte-writer.js';
import type { ValueKeyedState } from '../../format/state/keyed-state.js';
import type { TypeSerializer } from '../../format/state/serializer.js';
import { isVoid, namespaceForm } from './namespace-form.js';
import type { NamespaceEntries, StateColumn } from './state-column.js';

/** What `to` reads where `from` wrote the value. */
export function reread(value: unknown, from: TypeSerializer<unknown>, to: TypeSerializer<unknown>): unknown {
  const target = new ByteWriter(64);
  from.write(target, value);
  return to.read(new ByteReader(target.take()));
}

/** Brings all contents of a column into the form of another state with the same bytes. */
export function rereadColumn(column: StateColumn, from: ValueKeyedState, to: ValueKeyedState): void {
  const { contents } = column;
  const rereadValue = (value: unknown) => reread(value, from.value as never, to.value as never);
  const formOf = namespaceForm(to.namespace);
  const entriesOf = (entries: NamespaceEntries): NamespaceEntries =>
    new Map(
      [...entries.values()].map((entry) => {
        const namespace = reread(entry.namespace, from.namespace, to.namespace);
        return [formOf(namespace), { namespace, contents: rereadValue(entry.contents) }];
      }),
    );
  for (const [slot, value] of contents.entries()) {
    if (value === undefined) continue;
    contents[slot] = isVoid(to.namespace) ? rereadValue(value) : entriesOf(value as NamespaceEntries);
  }
}
