import { describe, expect, it } from 'vitest';
import { readMetadata } from '../../../src/format/metadata/read.js';
import {
  bytesOf,
  changelog,
  EMPTY_SEGMENT,
  file,
  fileWith,
  hex,
  i32,
  i64,
  inline,
  KEY_GROUPS,
  list,
  metadataFile,
  NO_HANDLES,
  NONE,
  OPERATOR_ID_BYTES,
  operator,
  type Part,
  u8,
  utf,
} from './hand-written.js';

interface Refusal {
  readonly bytes: Uint8Array;
  /** Offset and field. */
  readonly at?: readonly [number, string];
  readonly message: string;
}

describe('refuses', () => {
  const keyed = (handle: Part) => fileWith({ keyedState: handle });
  const nested = (depth: number): Part => (depth === 0 ? NONE : changelog(nested(depth - 1)));
  const operatorWith = (...head: Part[]) => metadataFile(3, [[OPERATOR_ID_BYTES, ...head]]);

  it.each<[string, Refusal]>([
    ['nothing at all', { bytes: Buffer.alloc(0), at: [0, 'magic'], message: 'needs 4 bytes, only 0 left' }],
    [
      'another magic',
      { bytes: hex('49606700 00000003'), at: [0, 'magic'], message: 'not a Flink metadata file' },
    ],
    ['version 0', { bytes: metadataFile(0, []), at: [4, 'version'], message: 'unknown metadata version 0' }],
    ['version 7', { bytes: metadataFile(7, []), at: [4, 'version'], message: 'unknown metadata version 7' }],
    [
      'a negative checkpoint id',
      {
        bytes: bytesOf(hex('4960672d'), i32(3), i64(-1)),
        at: [8, 'checkpointId'],
        message: 'negative checkpoint id -1',
      },
    ],
    [
      'bytes left over',
      { bytes: bytesOf(fileWith({}), u8(0)), at: [75, 'end'], message: '1 bytes left over' },
    ],
    [
      'a count of more than the bytes left',
      {
        bytes: bytesOf(hex('4960672d'), i32(3), i64(7), i32(0), i32(0x7fffffff)),
        at: [20, 'operators'],
        message: 'a count of 2147483647',
      },
    ],
    [
      'a negative count',
      {
        bytes: bytesOf(hex('4960672d'), i32(3), i64(7), i32(0), i32(-2)),
        at: [20, 'operators'],
        message: 'negative count -2',
      },
    ],
    [
      'a parallelism over the max',
      {
        bytes: operatorWith(i32(5), i32(4), NONE, i32(0)),
        at: [40, 'operators[0].parallelism'],
        message: 'parallelism 5',
      },
    ],
    [
      'a negative parallelism',
      {
        bytes: operatorWith(i32(-1), i32(4), NONE, i32(0)),
        at: [40, 'operators[0].parallelism'],
        message: 'parallelism -1',
      },
    ],
    [
      'a coordinator in a file',
      {
        bytes: operatorWith(i32(1), i32(1), file('f', 1), i32(0)),
        at: [48, 'operators[0].coordinatorState'],
        message: 'expected inline bytes',
      },
    ],
    [
      'a finished operator with a coordinator',
      {
        bytes: operatorWith(i32(1), i32(1), inline('c'), i32(-1)),
        at: [56, 'operators[0].subtasks'],
        message: 'has finished',
      },
    ],
    [
      'a subtask past the parallelism',
      {
        bytes: metadataFile(3, [operator(i32(-3))]),
        at: [53, 'operators[0].subtasks[0].subtaskIndex'],
        message: 'subtask 2 of an operator with parallelism 2',
      },
    ],
    [
      'a presence of 2',
      {
        bytes: metadataFile(3, [operator([i32(0), i32(2)])]),
        at: [57, 'operators[0].subtasks[0].managedOperatorState'],
        message: 'expected 0 or 1, found 2',
      },
    ],
    [
      'an operator handle announced and missing',
      {
        bytes: fileWith({ operatorState: NONE }),
        at: [61, 'operators[0].subtasks[0].managedOperatorState.code'],
        message: 'announced and then missing',
      },
    ],
    [
      'a keyed handle as operator state',
      {
        bytes: fileWith({ operatorState: u8(12) }),
        at: [61, 'operators[0].subtasks[0].managedOperatorState.code'],
        message: 'handle code 12 where operator state',
      },
    ],
    [
      'an unknown mode',
      {
        bytes: fileWith({ operatorState: [u8(4), list([utf('a'), u8(3), list()]), EMPTY_SEGMENT] }),
        at: [69, 'operators[0].subtasks[0].managedOperatorState.states[0].mode'],
        message: 'expected mode 0, 1 or 2',
      },
    ],
    [
      'an unknown handle code',
      {
        bytes: keyed(u8(18)),
        at: [65, 'operators[0].subtasks[0].managedKeyedState.code'],
        message: 'unknown handle code 18',
      },
    ],
    [
      'a stream as keyed state',
      {
        bytes: keyed(u8(2)),
        at: [65, 'operators[0].subtasks[0].managedKeyedState.code'],
        message: 'handle code 2 where keyed state',
      },
    ],
    [
      'keyed state as a stream',
      {
        bytes: keyed([u8(7), i32(0), i32(0), u8(12)]),
        at: [74, 'operators[0].subtasks[0].managedKeyedState.stream.code'],
        message: 'handle code 12 where a stream',
      },
    ],
    [
      'a missing stream',
      {
        bytes: keyed([u8(7), i32(0), i32(0), NONE]),
        at: [74, 'operators[0].subtasks[0].managedKeyedState.stream'],
        message: 'a handle is missing',
      },
    ],
    [
      'a negative key group',
      {
        bytes: keyed([u8(7), i32(-1), i32(1)]),
        at: [66, 'operators[0].subtasks[0].managedKeyedState.keyGroups'],
        message: 'no range of key groups',
      },
    ],
    [
      'key groups past the last int',
      {
        bytes: keyed([u8(7), i32(0x7fffffff), i32(2)]),
        at: [66, 'operators[0].subtasks[0].managedKeyedState.keyGroups'],
        message: 'no range of key groups',
      },
    ],
    [
      'more key groups than bytes',
      {
        bytes: keyed([u8(7), i32(0), i32(0x7fffffff)]),
        at: [70, 'operators[0].subtasks[0].managedKeyedState.keyGroups'],
        message: '2147483647 key groups need',
      },
    ],
    [
      'a size below -1',
      {
        bytes: keyed([u8(7), i32(0), i32(0), file('f', -2)]),
        at: [75, 'operators[0].subtasks[0].managedKeyedState.stream.size'],
        message: 'negative size -2',
      },
    ],
    [
      'a path of spaces',
      {
        bytes: keyed([u8(7), i32(0), i32(0), file('  ', 0)]),
        at: [83, 'operators[0].subtasks[0].managedKeyedState.stream.path'],
        message: 'an empty path',
      },
    ],
    [
      'an unknown scope',
      {
        bytes: keyed([u8(7), i32(0), i32(0), u8(15), i64(0), i64(0), i32(2)]),
        at: [91, 'operators[0].subtasks[0].managedKeyedState.stream.scope'],
        message: 'expected scope 0 or 1',
      },
    ],
    [
      'a changelog of no key groups',
      {
        bytes: keyed([u8(14), i32(0), i32(0)]),
        at: [66, 'operators[0].subtasks[0].managedKeyedState.keyGroups'],
        message: 'a changelog handle of no key groups',
      },
    ],
    [
      'materialized state among changes',
      {
        bytes: keyed([u8(14), KEY_GROUPS, i64(0), list(), list([u8(7), i32(0), i32(0), EMPTY_SEGMENT])]),
        at: [90, 'operators[0].subtasks[0].managedKeyedState.nonMaterialized[0].code'],
        message: 'expected changes',
      },
    ],
    [
      'a negative sequence number',
      {
        bytes: keyed([u8(9), KEY_GROUPS, i64(-1)]),
        at: [74, 'operators[0].subtasks[0].managedKeyedState.from'],
        message: 'negative sequence number -1',
      },
    ],
    ['handles 17 deep', { bytes: keyed(nested(17)), message: 'more than 16 deep' }],
    [
      'a string in a longer form',
      {
        bytes: keyed([u8(7), i32(0), i32(0), u8(1), i32(0x0002c181)]),
        at: [77, 'operators[0].subtasks[0].managedKeyedState.stream.handleName'],
        message: 'a character in a longer form',
      },
    ],
  ])('%s', (_, { bytes, at, message }) => {
    const place = at === undefined ? {} : { offset: at[0], field: at[1] };
    expect(() => readMetadata(bytes)).toThrow(
      expect.objectContaining({ code: 'format', message: expect.stringContaining(message), ...place }),
    );
  });

  it('nothing of 16 handles within each other', () => {
    expect(readMetadata(keyed(nested(16))).operators[0]!.subtasks[0]!.managedKeyedState[0]).toMatchObject({
      kind: 'changelog',
    });
  });

  it('the absence of what follows the operators', () => {
    expect(() => readMetadata(metadataFile(4, []))).toThrow('needs 2 bytes, only 0 left');
    expect(() => readMetadata(metadataFile(3, [], { end: NO_HANDLES }))).toThrow('4 bytes left over');
  });
});
