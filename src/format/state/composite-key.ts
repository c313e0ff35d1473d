// The keys of the canonical format and of RocksDB: key group, key and namespace in one byte string.
// Source: Flink SerializedCompositeKeyBuilder, CompositeKeySerializationUtils.
import type { ByteReader } from '../bytes/byte-reader.js';
import type { ByteWriter } from '../bytes/byte-writer.js';
import type { TypeSerializer } from './serializer.js';

/** How the parts of a composite key are laid out for one state. */
export interface CompositeKeyLayout {
  readonly key: TypeSerializer<unknown>;
  readonly namespace: TypeSerializer<unknown>;
  /** Bytes of the key group in front: 1 or 2. */
  readonly prefixBytes: 1 | 2;
}

/** Bytes that a key group takes in front of a key. */
export function keyGroupPrefixBytes(maxParallelism: number): 1 | 2 {
  return maxParallelism > 128 ? 2 : 1;
}

export function writeKeyGroupPrefix(target: ByteWriter, keyGroup: number, prefixBytes: 1 | 2): void {
  if (prefixBytes === 1) target.u8(keyGroup);
  else target.i16(keyGroup);
}

/**
 *     key group, 1 or 2 bytes | key | [key length] | namespace | [namespace length]
 *
 * The lengths are there only where key and namespace are both of variable length.
 */
export function writeCompositeKey(
  target: ByteWriter,
  layout: CompositeKeyLayout,
  at: { readonly keyGroup: number; readonly key: unknown; readonly namespace: unknown },
): void {
  const ambiguous = isAmbiguous(layout);
  writeKeyGroupPrefix(target, at.keyGroup, layout.prefixBytes);
  const keyAt = target.offset;
  layout.key.write(target, at.key);
  if (ambiguous) writeLength(target, target.offset - keyAt);
  const namespaceAt = target.offset;
  layout.namespace.write(target, at.namespace);
  if (ambiguous) writeLength(target, target.offset - namespaceAt);
}

/** Reads what follows the key group. */
export function readKeyAndNamespace(
  source: ByteReader,
  layout: CompositeKeyLayout,
): { readonly key: unknown; readonly namespace: unknown } {
  const ambiguous = isAmbiguous(layout);
  const keyAt = source.offset;
  const key = layout.key.read(source);
  if (ambiguous) expectLength(source, source.offset - keyAt, 'keyLength');
  const namespaceAt = source.offset;
  const namespace = layout.namespace.read(source);
  if (ambiguous) expectLength(source, source.offset - namespaceAt, 'namespaceLength');
  return { key, namespace };
}

function isAmbiguous({ key, namespace }: CompositeKeyLayout): boolean {
  return key.fixedLengthBytes === null && namespace.fixedLengthBytes === null;
}

/** Low byte first, as many bytes as the length needs: not the varint of strings. */
function writeLength(target: ByteWriter, length: number): void {
  let rest = length;
  do {
    target.u8(rest & 0xff);
    rest >>>= 8;
  } while (rest !== 0);
}

function expectLength(source: ByteReader, length: number, field: string): void {
  let rest = length;
  do {
    const at = source.offset;
    if (source.u8(field) !== (rest & 0xff)) throw source.error(`does not say ${length}`, field, at);
    rest >>>= 8;
  } while (rest !== 0);
}
