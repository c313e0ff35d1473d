// By what keys and namespaces are found in maps: texts that are equal for equal ones.
import { ByteWriter } from '../../format/bytes/byte-writer.js';
import { voidNamespaceSerializer } from '../../format/state/runtime-serializers.js';
import type { TypeSerializer } from '../../format/state/serializer.js';
import { sameSnapshot } from '../../format/state/snapshot-classes.js';
import { TimeWindow } from '../job/window.js';

/** Whether a state of this namespace type has none. */
export function isVoid(namespace: TypeSerializer<unknown>): boolean {
  return sameSnapshot(namespace.snapshot, voidNamespaceSerializer.snapshot);
}

/** The form of namespaces of a type. */
export function namespaceForm(type: TypeSerializer<unknown>): (namespace: unknown) => string {
  if (isVoid(type)) return () => '';
  return (namespace) =>
    namespace instanceof TimeWindow ? `${namespace.start},${namespace.end}` : bytesForm(type, namespace);
}

/** The form of a key: of primitive ones a text, for it is made for every timer. */
export function keyForm(type: TypeSerializer<unknown>, key: unknown): string {
  if (typeof key === 'object') return bytesForm(type, key);
  return Object.is(key, -0) ? '-0' : String(key);
}

function bytesForm(type: TypeSerializer<unknown>, value: unknown): string {
  const target = new ByteWriter(64);
  type.write(target, value);
  return Buffer.from(target.take()).toString('latin1');
}
