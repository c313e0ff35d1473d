// Writes `_metadata` files of versions 3 to 6, in the current layout of each. Source: Flink 2.3
// MetadataV3Serializer to MetadataV6Serializer.
import type { Metadata, WritableVersion } from '../../model/metadata.js';
import { writeMasterState } from './master-state.js';
import { MetadataWriter } from './metadata-writer.js';
import { writeOperator } from './operator-state.js';
import { writeProperties } from './properties.js';
import { MAGIC, writtenLayout } from './versions.js';

/**
 * The bytes of a document. What a version has no room for is left out where it only describes: operator names and uids
 * before version 5, properties before version 4. Where state or its place would be lost, throws a UsageError
 * `metadata-version`: merged channel state before version 6, and what no version but the read one has (version 1,
 * states of Flink 1.1's interface, handles of Flink 1.14's changelog and of 1.11's channels).
 */
export function writeMetadata(metadata: Metadata, version: WritableVersion): Uint8Array {
  const layout = writtenLayout(version);
  const writer = new MetadataWriter(layout, metadata);
  writer.place = `metadata of checkpoint ${metadata.checkpointId}`;
  if (metadata.formatVersion === 1) {
    throw writer.refusal(
      'version 1, which tells the states of chains and not of operators,',
      'restore it with Flink 1.3',
    );
  }
  writer.i32(MAGIC);
  writer.i32(version);
  writer.i64(metadata.checkpointId);
  writer.list(metadata.masterStates, writeMasterState);
  writer.list(metadata.operators, writeOperator);
  if (layout.properties) writeProperties(writer, metadata.properties);
  return writer.take();
}
