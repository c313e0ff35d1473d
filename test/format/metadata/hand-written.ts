// `_metadata` files written by hand, byte by byte, for what no fixture has. Independent of the code under test: nothing
// of src/format is used, so that reader and writer cannot agree on a mistake.

/** Bytes, and lists of them. */
export type Part = Uint8Array | readonly Part[];

export function bytesOf(...parts: readonly Part[]): Buffer {
  return Buffer.concat(parts.map((part) => (part instanceof Uint8Array ? part : bytesOf(...part))));
}

export const u8 = (...values: readonly number[]): Part => Buffer.from(values);

export function i32(value: number): Part {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export function i64(value: number | bigint): Part {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}

/** ASCII only. */
export function utf(text: string): Part {
  return [u8(text.length >> 8, text.length & 0xff), Buffer.from(text, 'latin1')];
}

export function list(...elements: readonly Part[]): Part {
  return [i32(elements.length), elements];
}

/** i32 length, then the bytes. */
export const sized = (...bytes: readonly number[]): Part => [i32(bytes.length), u8(...bytes)];
export const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(/\s/g, ''), 'hex');

export const NONE = u8(0);
export const NO_HANDLES = i32(0);

export const OPERATOR_ID = '000102030405060708090a0b0c0d0e0f';
export const OPERATOR_ID_BYTES = hex(OPERATOR_ID);

/** A file: checkpoint id 7; master states (not in version 1) and operators as given; then `end`. */
export function metadataFile(
  version: number,
  operators: readonly Part[],
  { masterStates = [], end = [] }: { readonly masterStates?: readonly Part[]; readonly end?: Part } = {},
): Buffer {
  const masters = version === 1 ? [] : list(...masterStates);
  return bytesOf(hex('4960672d'), i32(version), i64(7), masters, list(...operators), end);
}

/** The end of a file since version 4: a serialized null. */
export const NULL_PROPERTIES = hex('aced0005 70');

/** An operator of parallelism 2 and max parallelism 4, versions 3 and 4; `subtasks` with their indices. */
export function operator(...subtasks: readonly Part[]): Part {
  return [OPERATOR_ID_BYTES, i32(2), i32(4), NONE, list(...subtasks)];
}

export interface SubtaskParts {
  /** Handles with their codes. */
  readonly operatorState?: Part;
  readonly rawOperatorState?: Part;
  readonly keyedState?: Part;
  readonly rawKeyedState?: Part;
  readonly inputs?: readonly Part[];
  readonly outputs?: readonly Part[];
}

/** Subtask 0, version 3 and later. */
export function subtask(parts: SubtaskParts): Part {
  const slot = (handle: Part | undefined) => (handle === undefined ? i32(0) : [i32(1), handle]);
  return [
    i32(0),
    slot(parts.operatorState),
    slot(parts.rawOperatorState),
    parts.keyedState ?? NONE,
    parts.rawKeyedState ?? NONE,
    list(...(parts.inputs ?? [])),
    list(...(parts.outputs ?? [])),
  ];
}

/** A version 3 file with one subtask of one operator. */
export function fileWith(parts: SubtaskParts): Buffer {
  return metadataFile(3, [operator(subtask(parts))]);
}

export const file = (path: string, size: number | bigint): Part => [u8(2), i64(size), utf(path)];
export const relativeFile = (path: string, size: number): Part => [u8(6), utf(path), i64(size)];
export const inline = (name: string, ...bytes: readonly number[]): Part => [
  u8(1),
  utf(name),
  sized(...bytes),
];
export const segment = (path: string, start: number, size: number): Part => [
  u8(15),
  i64(start),
  i64(size),
  i32(1),
  utf(path),
  utf('logical-1'),
];
export const EMPTY_SEGMENT = u8(16);

/** Key groups 0 and 1. */
export const KEY_GROUPS = [i32(0), i32(2)];

/** A changelog handle (code 14) with these materialized handles. */
export function changelog(...materialized: readonly Part[]): Part {
  return [u8(14), KEY_GROUPS, i64(1), list(...materialized), list(), i64(2), i64(3), utf('id')];
}

/** An operator handle (code 4) of two states. */
export function operatorHandle(stream: Part): Part {
  return [u8(4), list([utf('b'), u8(0), list(i64(0), i64(5))], [utf('a'), u8(2), list(i64(9))]), stream];
}

/** An operator handle of file merging (code 17). */
export function mergedOperatorHandle(isEmpty: 0 | 1, stream: Part): Part {
  return [
    u8(17),
    list([utf('a'), u8(1), list(i64(9))]),
    utf('file:/job/taskowned/tm'),
    utf('file:/job/shared/op'),
    u8(isEmpty),
    stream,
  ];
}
