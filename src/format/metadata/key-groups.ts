// Key-group ranges and the offsets of key groups within a stream. Source: Flink 2.3 KeyGroupRange, KeyGroupRangeOffsets.
import type { KeyGroupRange } from '../../model/metadata.js';
import type { MetadataReader } from './metadata-reader.js';
import type { MetadataWriter } from './metadata-writer.js';

const GREATEST_INT = 0x7fffffff;

//  +-------------------+----------------------------------+
//  | i32 startKeyGroup | i32 numberOfKeyGroups (0: empty) |
//  +-------------------+----------------------------------+
export function readKeyGroupRange(reader: MetadataReader): KeyGroupRange {
  const at = reader.offset;
  const first = reader.i32('startKeyGroup');
  const count = reader.i32('numberOfKeyGroups');
  if (first < 0 || count < 0 || first + count - 1 > GREATEST_INT) {
    throw reader.error(`no range of key groups: ${count} from ${first}`, 'keyGroups', at);
  }
  return { first, last: first + count - 1 };
}

export function writeKeyGroupRange(writer: MetadataWriter, keyGroups: KeyGroupRange): void {
  writer.i32(keyGroups.first);
  writer.i32(keyGroupCount(keyGroups));
}

//  +---------------+------------+
//  | KeyGroupRange | n * i64    |  where each key group of the range begins in the stream that follows
//  +---------------+------------+
export function readKeyGroupOffsets(reader: MetadataReader): {
  readonly keyGroups: KeyGroupRange;
  readonly offsets: readonly bigint[];
} {
  const keyGroups = readKeyGroupRange(reader);
  const count = keyGroupCount(keyGroups);
  if (count * 8 > reader.remaining) {
    throw reader.error(
      `${count} key groups need more bytes than the ${reader.remaining} left`,
      'keyGroups',
      reader.offset - 4,
    );
  }
  return { keyGroups, offsets: reader.longsOf(count, 'offsets') };
}

export function writeKeyGroupOffsets(
  writer: MetadataWriter,
  handle: { readonly keyGroups: KeyGroupRange; readonly offsets: readonly bigint[] },
): void {
  const count = keyGroupCount(handle.keyGroups);
  if (handle.offsets.length !== count) {
    throw writer.refusal(
      `a keyed handle with ${handle.offsets.length} offsets for ${count} key groups`,
      'give one offset for each key group',
    );
  }
  writeKeyGroupRange(writer, handle.keyGroups);
  for (const offset of handle.offsets) writer.i64(offset);
}

function keyGroupCount(keyGroups: KeyGroupRange): number {
  return keyGroups.last - keyGroups.first + 1;
}
