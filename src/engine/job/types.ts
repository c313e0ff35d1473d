// The types that keys and state can have, by Flink's names. Each is the serializer whose bytes Flink reads.
// Source: Flink org.apache.flink.api.common.typeinfo.Types.
import {
  bigintLongSerializer,
  booleanSerializer,
  byteSerializer,
  bytesSerializer,
  doubleSerializer,
  floatSerializer,
  intSerializer,
  longSerializer,
  shortSerializer,
  stringSerializer,
} from '../../format/state/basic-serializers.js';
import { listSerializer, mapSerializer, tupleSerializer } from '../../format/state/composite-serializers.js';

export const Types = {
  STRING: stringSerializer,
  /** A Java long as a number: whole numbers up to 2^53. */
  LONG: longSerializer,
  /** A Java long as a bigint. */
  LONG_BIGINT: bigintLongSerializer,
  INT: intSerializer,
  SHORT: shortSerializer,
  BYTE: byteSerializer,
  DOUBLE: doubleSerializer,
  FLOAT: floatSerializer,
  BOOLEAN: booleanSerializer,
  /** byte[]; no key. */
  BYTES: bytesSerializer,
  /** Flink's Tuple1 to Tuple25: an array of so many values. */
  TUPLE: tupleSerializer,
  LIST: listSerializer,
  MAP: mapSerializer,
} as const;
