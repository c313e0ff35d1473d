// The type codes before handles. One numbering for three places: where a stream, a keyed handle or an operator handle
// is expected. Source: Flink 2.3 MetadataV2V3SerializerBase.
export const NULL_HANDLE = 0;
export const BYTE_STREAM = 1;
export const FILE_STREAM = 2;
export const KEY_GROUPS = 3;
export const PARTITIONABLE_OPERATOR_STATE = 4;
export const INCREMENTAL_KEY_GROUPS = 5;
export const RELATIVE_STREAM = 6;
export const SAVEPOINT_KEY_GROUPS = 7;
export const CHANGELOG = 8;
export const CHANGELOG_BYTE_INCREMENT = 9;
export const CHANGELOG_FILE_INCREMENT = 10;
export const INCREMENTAL_KEY_GROUPS_V2 = 11;
export const KEY_GROUPS_V2 = 12;
export const CHANGELOG_FILE_INCREMENT_V2 = 13;
export const CHANGELOG_V2 = 14;
export const SEGMENT_FILE = 15;
export const EMPTY_SEGMENT_FILE = 16;
export const SEGMENT_OPERATOR_STATE = 17;
