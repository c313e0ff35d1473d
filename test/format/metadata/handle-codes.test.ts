// Every code that stands before a handle, in every place where a handle can stand: what it is read as, or why not.
import { describe, expect, it } from 'vitest';
import { readMetadata } from '../../../src/format/metadata/read.js';
import { writeMetadata } from '../../../src/format/metadata/write.js';
import type { OperatorState } from '../../../src/model/metadata.js';
import { FormatError } from '../../../src/support/errors.js';
import {
  changelog,
  EMPTY_SEGMENT,
  file,
  i32,
  i64,
  inline,
  KEY_GROUPS,
  list,
  mergedOperatorHandle,
  metadataFile,
  NONE,
  NULL_PROPERTIES,
  OPERATOR_ID_BYTES,
  operatorHandle,
  type Part,
  relativeFile,
  type SubtaskParts,
  segment,
  subtask,
  u8,
  utf,
} from './hand-written.js';

const OFFSETS = [KEY_GROUPS, i64(0), i64(4)];

/** By code: what it is called, and a whole handle. */
const HANDLES: readonly (readonly [string, Part])[] = [
  ['no handle', NONE],
  ['inline bytes', inline('name', 1)],
  ['a file', file('file:/f', 10)],
  ['key groups', [u8(3), OFFSETS, EMPTY_SEGMENT]],
  ['operator state', operatorHandle(EMPTY_SEGMENT)],
  ['incremental', [u8(5), i64(3), utf('b'), KEY_GROUPS, EMPTY_SEGMENT, list(), list()]],
  ['a relative file', relativeFile('relative', 1)],
  ['key groups of a savepoint', [u8(7), OFFSETS, EMPTY_SEGMENT]],
  ['a changelog', [u8(8), KEY_GROUPS, i64(1), list(), list(), i64(2), utf('id')]],
  ['changes inline', [u8(9), KEY_GROUPS, i64(0), i64(0), list(), utf('id')]],
  ['changes in files', [u8(10), KEY_GROUPS, list(), i64(10), i64(4), utf('id')]],
  [
    'incremental, with its size',
    [u8(11), i64(3), utf('b'), KEY_GROUPS, i64(1), EMPTY_SEGMENT, list(), list(), utf('id')],
  ],
  ['key groups, with an id', [u8(12), OFFSETS, EMPTY_SEGMENT, utf('id')]],
  ['changes in files of a storage', [u8(13), KEY_GROUPS, list(), i64(10), i64(4), utf('id'), utf('fs')]],
  ['a changelog of a checkpoint', changelog()],
  ['a segment', segment('file:/merged', 5, 6)],
  ['an empty segment', EMPTY_SEGMENT],
  ['operator state of a merged file', mergedOperatorHandle(0, EMPTY_SEGMENT)],
];

/** What is read for a code; a text with `!` before it is the reason of a refusal. */
type Answers = Readonly<Record<number, string>>;

const STREAMS: Answers = {
  0: '!a handle is missing',
  1: 'bytes',
  2: 'file',
  3: 'key-groups-stream',
  6: 'relative-file',
  15: 'segment',
  16: 'segment-empty',
};
const KEYED: Answers = {
  0: 'none',
  3: 'key-groups',
  5: 'incremental',
  7: 'savepoint-key-groups',
  8: 'changelog',
  9: 'changelog-memory',
  10: 'changelog-files',
  11: 'incremental',
  12: 'key-groups',
  13: 'changelog-files',
  14: 'changelog',
};
const OPERATOR: Answers = { 0: '!announced and then missing', 4: 'operator', 17: 'operator' };
const COORDINATOR: Answers = Object.fromEntries(
  Object.entries(STREAMS).map(([code, kind]) => [
    code,
    code === '0'
      ? 'none'
      : kind === 'bytes'
        ? kind
        : `!expected inline bytes, found a handle of kind ${kind}`,
  ]),
);

interface Place {
  readonly name: string;
  readonly write: (handle: Part) => Part;
  readonly read: (operator: OperatorState) => { readonly kind: string } | null | undefined;
  readonly answers: Answers;
  /** What any other code gets to hear. */
  readonly expected: 'a stream' | 'keyed state' | 'operator state';
}

const head = [utf(''), utf(''), OPERATOR_ID_BYTES, i32(2), i32(4)];
const inSubtask = (parts: SubtaskParts): Part => [head, NONE, list(subtask(parts))];
const channel = (kind: number, stream: Part): Part => [
  [u8(kind), i32(0), i32(0), i32(1), list(i64(0)), i64(10)],
  stream,
];
const merged = (kind: number, stream: Part): Part => [u8(kind), i32(0), i64(10), stream, i32(4), list()];

/** The first subtask's handle in a slot. */
const slot =
  (name: 'managedKeyedState' | 'rawKeyedState' | 'managedOperatorState' | 'rawOperatorState') =>
  ({ subtasks }: OperatorState) =>
    subtasks[0]![name][0];
const streamIn =
  (name: 'inputChannelState' | 'resultSubpartitionState') =>
  ({ subtasks }: OperatorState) =>
    subtasks[0]![name][0]!.stream;
const keyedPart =
  (part: 'metaStream' | 'shared' | 'private') =>
  ({ subtasks }: OperatorState) => {
    const handle = subtasks[0]!.managedKeyedState[0]!;
    if (handle.kind !== 'incremental') throw new Error('another handle than was written');
    return part === 'metaStream' ? handle.metaStream : handle[part][0]!.stream;
  };

const keyed = { answers: KEYED, expected: 'keyed state' } as const;
const operatorState = { answers: OPERATOR, expected: 'operator state' } as const;
const stream = { answers: STREAMS, expected: 'a stream' } as const;
const incremental = (meta: Part, shared: readonly Part[], own: readonly Part[]): Part =>
  inSubtask({
    keyedState: [u8(5), i64(3), utf('b'), KEY_GROUPS, meta, list(...shared), list(...own)],
  });

const PLACES: readonly Place[] = [
  {
    name: 'managed keyed state',
    write: (keyedState) => inSubtask({ keyedState }),
    read: slot('managedKeyedState'),
    ...keyed,
  },
  {
    name: 'raw keyed state',
    write: (rawKeyedState) => inSubtask({ rawKeyedState }),
    read: slot('rawKeyedState'),
    ...keyed,
  },
  {
    name: 'materialized state of a changelog',
    write: (handle) => inSubtask({ keyedState: changelog(handle) }),
    read: ({ subtasks }) => {
      const [handle] = subtasks[0]!.managedKeyedState;
      return handle?.kind === 'changelog' ? handle.materialized[0] : undefined;
    },
    ...keyed,
  },
  {
    name: 'managed operator state',
    write: (handle) => inSubtask({ operatorState: handle }),
    read: slot('managedOperatorState'),
    ...operatorState,
  },
  {
    name: 'raw operator state',
    write: (rawOperatorState) => inSubtask({ rawOperatorState }),
    read: slot('rawOperatorState'),
    ...operatorState,
  },
  {
    name: 'state of a coordinator',
    write: (handle) => [head, handle, list()],
    read: ({ coordinatorState }) => coordinatorState,
    answers: COORDINATOR,
    expected: 'a stream',
  },
  {
    name: 'the stream of operator state',
    write: (handle) => inSubtask({ operatorState: operatorHandle(handle) }),
    read: ({ subtasks }) => subtasks[0]!.managedOperatorState[0]!.stream,
    ...stream,
  },
  {
    name: 'the stream of key groups',
    write: (handle) => inSubtask({ keyedState: [u8(7), OFFSETS, handle] }),
    read: ({ subtasks }) => {
      const [handle] = subtasks[0]!.managedKeyedState;
      return handle?.kind === 'savepoint-key-groups' ? handle.stream : undefined;
    },
    ...stream,
  },
  {
    name: 'descriptions of incremental state',
    write: (handle) => incremental(handle, [], []),
    read: keyedPart('metaStream'),
    ...stream,
  },
  {
    name: 'a shared file of incremental state',
    write: (handle) => incremental(EMPTY_SEGMENT, [[utf('1.sst'), handle]], []),
    read: keyedPart('shared'),
    ...stream,
  },
  {
    name: 'a private file of incremental state',
    write: (handle) => incremental(EMPTY_SEGMENT, [], [[utf('CURRENT'), handle]]),
    read: keyedPart('private'),
    ...stream,
  },
  {
    name: 'a file of changes',
    write: (handle) =>
      inSubtask({
        keyedState: [u8(10), KEY_GROUPS, list([i64(0), handle]), i64(10), i64(4), utf('id')],
      }),
    read: ({ subtasks }) => {
      const [handle] = subtasks[0]!.managedKeyedState;
      return handle?.kind === 'changelog-files' ? handle.parts[0]!.stream : undefined;
    },
    ...stream,
  },
  {
    name: 'an input channel',
    write: (handle) => inSubtask({ inputs: [channel(1, handle)] }),
    read: streamIn('inputChannelState'),
    ...stream,
  },
  {
    name: 'a result subpartition',
    write: (handle) => inSubtask({ outputs: [channel(2, handle)] }),
    read: streamIn('resultSubpartitionState'),
    ...stream,
  },
  {
    name: 'merged input channels',
    write: (handle) => inSubtask({ inputs: [merged(3, handle)] }),
    read: streamIn('inputChannelState'),
    ...stream,
  },
  {
    name: 'merged result subpartitions',
    write: (handle) => inSubtask({ outputs: [merged(4, handle)] }),
    read: streamIn('resultSubpartitionState'),
    ...stream,
  },
];

const UNKNOWN = HANDLES.length;

describe.each(PLACES.map((place) => [place.name, place] as const))('where %s stands', (_, place) => {
  const fileWith = (handle: Part) => metadataFile(6, [place.write(handle)], { end: NULL_PROPERTIES });

  const answerTo = (code: number) =>
    place.answers[code] ?? `!handle code ${code} where ${place.expected} is expected`;
  const cases = HANDLES.map(([name, handle], code) => ({ code, name, handle, answer: answerTo(code) }));

  it.each(cases.filter(({ answer }) => !answer.startsWith('!')))(
    'code $code, $name, is read as $answer and written back',
    ({ handle, answer }) => {
      const bytes = fileWith(handle);
      const metadata = readMetadata(bytes);
      expect(place.read(metadata.operators[0]!)?.kind ?? 'none').toBe(answer);
      expect(Buffer.from(writeMetadata(metadata, 6))).toEqual(bytes);
    },
  );

  it.each(cases.filter(({ answer }) => answer.startsWith('!')))(
    'code $code, $name, is refused: $answer',
    ({ handle, answer }) => {
      const read = () => readMetadata(fileWith(handle));
      expect(read).toThrow(answer.slice(1));
      expect(read).toThrow(FormatError);
    },
  );

  it(`code ${UNKNOWN} is one that Flink never had`, () => {
    expect(() => readMetadata(fileWith(u8(UNKNOWN)))).toThrow(`unknown handle code ${UNKNOWN}`);
  });
});
