import { describe, expect, it } from 'vitest';
import { readMetadata, scanMetadata } from '../../../src/format/metadata/read.js';
import { writeMetadata } from '../../../src/format/metadata/write.js';
import type { SubtaskState } from '../../../src/model/metadata.js';
import {
  bytesOf,
  file,
  fileWith,
  i32,
  i64,
  inline,
  KEY_GROUPS,
  list,
  metadataFile,
  NONE,
  NULL_PROPERTIES,
  OPERATOR_ID,
  OPERATOR_ID_BYTES,
  operator,
  operatorHandle,
  type Part,
  relativeFile,
  sized,
  subtask,
  u8,
} from './hand-written.js';

function onlySubtask(bytes: Uint8Array): SubtaskState {
  return readMetadata(bytes).operators[0]!.subtasks[0]!;
}

const FILE = { kind: 'file', path: 'file:/f', sizeBytes: 10n } as const;
const RANGE = { first: 0, last: 1 } as const;

describe('version 1', () => {
  const chained = [
    i64(-1),
    list(NONE, inline('old', 1, 2)),
    list(operatorHandle(file('file:/managed', 3)), NONE),
    list(NONE, NONE),
    [u8(3), KEY_GROUPS, i64(0), i64(4), file('file:/keyed', 8)],
    NONE,
  ];
  const bytes = metadataFile(1, [[OPERATOR_ID_BYTES, i32(2), i32(4), i32(2), list([i32(1), chained])]]);

  it('is read to the last byte, with the states of the whole chain in one subtask', () => {
    const metadata = readMetadata(bytes);
    expect(metadata).toMatchObject({
      formatVersion: 1,
      checkpointId: 7n,
      masterStates: [],
      properties: null,
    });
    expect(metadata.operators[0]).toMatchObject({ id: OPERATOR_ID, parallelism: 2, maxParallelism: 4 });
    const state = metadata.operators[0]!.subtasks[0]!;
    expect(state.index).toBe(1);
    expect(state.legacyState).toEqual([{ kind: 'bytes', handleName: 'old', data: Buffer.from([1, 2]) }]);
    expect(state.managedOperatorState.map((handle) => handle.stream)).toEqual([
      { kind: 'file', path: 'file:/managed', sizeBytes: 3n },
    ]);
    expect(state.rawOperatorState).toEqual([]);
    expect(state.managedKeyedState[0]).toMatchObject({
      kind: 'key-groups',
      offsets: [0n, 4n],
      stateHandleId: null,
    });
  });

  it('knows no handle codes after 4', () => {
    const relative = metadataFile(1, [
      [OPERATOR_ID_BYTES, i32(1), i32(1), i32(1), list([i32(0), i64(-1), list(relativeFile('f', 1))])],
    ]);
    expect(() => readMetadata(relative)).toThrow('unknown handle code 6');
  });

  it('is not written as a later version', () => {
    expect(() => writeMetadata(readMetadata(bytes), 3)).toThrow('cannot be written in metadata version 3');
  });
});

describe('version 2', () => {
  const bytes = (legacy: Part[]) =>
    metadataFile(2, [
      [
        OPERATOR_ID_BYTES,
        [i32(2), i32(4), i32(1)],
        list([i32(0), i64(-1), list(...legacy), i32(0), i32(0), NONE, NONE]),
      ],
    ]);

  it('has states of the Checkpointed interface, which no other version can carry', () => {
    const metadata = readMetadata(bytes([file('file:/old', 5)]));
    expect(metadata.operators[0]!.subtasks[0]!.legacyState).toEqual([
      { kind: 'file', path: 'file:/old', sizeBytes: 5n },
    ]);
    expect(() => writeMetadata(metadata, 6)).toThrow(
      expect.objectContaining({ code: 'metadata-version', where: `operator ${OPERATOR_ID}` }),
    );
  });

  it('is written as version 3 without them', () => {
    const written = readMetadata(writeMetadata(readMetadata(bytes([])), 3));
    expect(written.operators).toEqual(readMetadata(bytes([])).operators);
  });
});

describe('dialects of version 3', () => {
  const channelOf = (subtaskIndex: readonly Uint8Array[]) => [
    ...subtaskIndex,
    i32(1),
    i32(2),
    list(i64(0), i64(70)),
    i64(99),
    file('file:/channels', 500),
  ];

  it('reads channel handles of Flink 1.11, which do not tell their subtask', () => {
    const bytes = fileWith({ inputs: [channelOf([])], outputs: [channelOf([])] });
    const metadata = readMetadata(bytes);
    expect(metadata.dialect).toBe('flink-1.11');
    const state = metadata.operators[0]!.subtasks[0]!;
    expect(state.inputChannelState[0]).toEqual({
      kind: 'channel',
      direction: 'input',
      subtaskIndex: null,
      channel: { group: 1, index: 2 },
      offsets: [0n, 70n],
      sizeBytes: 99n,
      stream: { kind: 'file', path: 'file:/channels', sizeBytes: 500n },
    });
    expect(state.resultSubpartitionState[0]).toMatchObject({ direction: 'output', subtaskIndex: null });
    expect(() => writeMetadata(metadata, 3)).toThrow('channel state of Flink 1.11');
  });

  it('reads channel handles of later releases as the current dialect', () => {
    const bytes = fileWith({ inputs: [channelOf([bytesOf(i32(1))])] });
    expect(readMetadata(bytes).dialect).toBe('current');
    expect(onlySubtask(bytes).inputChannelState[0]).toMatchObject({ subtaskIndex: 1 });
  });

  it('reads changelog handles of Flink 1.14, which have no ids and fewer sizes', () => {
    const memory = [u8(9), KEY_GROUPS, i64(1), i64(2), list([i32(-1), sized(5)], [i32(1), sized()])];
    const files = [u8(10), KEY_GROUPS, list([i64(33), file('file:/f', 10)]), i64(10)];
    const bytes = fileWith({ keyedState: [u8(8), KEY_GROUPS, list(NONE), list(memory, files)] });
    const metadata = readMetadata(bytes);
    expect(metadata.dialect).toBe('flink-1.14');
    expect(metadata.operators[0]!.subtasks[0]!.managedKeyedState[0]).toEqual({
      kind: 'changelog',
      keyGroups: RANGE,
      checkpointedSizeBytes: null,
      materialized: [null],
      nonMaterialized: [
        {
          kind: 'changelog-memory',
          keyGroups: RANGE,
          from: 1n,
          to: 2n,
          changes: [
            { keyGroup: -1, change: Buffer.from([5]) },
            { keyGroup: 1, change: Buffer.from([]) },
          ],
          stateHandleId: null,
        },
        {
          kind: 'changelog-files',
          keyGroups: RANGE,
          parts: [{ offset: 33n, stream: FILE }],
          sizeBytes: 10n,
          incrementalSizeBytes: null,
          stateHandleId: null,
          storageId: null,
        },
      ],
      materializationId: null,
      checkpointId: null,
      stateHandleId: null,
    });
    expect(() => writeMetadata(metadata, 4)).toThrow('a changelog handle of Flink 1.14');
  });

  it('tells the error of the current dialect where none fits', () => {
    const bytes = fileWith({ inputs: [channelOf([bytesOf(i32(1))])] });
    expect(() => readMetadata(bytesOf(bytes, u8(9)))).toThrow('1 bytes left over');
  });

  it('does not try dialects whose parts the file does not have', () => {
    let attempts = 0;
    const visitor = () => {
      attempts++;
      return { header() {}, operator() {}, subtask() {}, end() {} };
    };
    expect(() => scanMetadata(bytesOf(fileWith({}), u8(9)), visitor)).toThrow('left over');
    expect(attempts).toBe(1);
  });
});

describe('what finished', () => {
  it('is told by a negative count for an operator and a negative index for a subtask', () => {
    const bytes = metadataFile(3, [
      [OPERATOR_ID_BYTES, i32(2), i32(4), NONE, i32(-1)],
      operator(i32(-2), subtask({})),
    ]);
    const [finished, partly] = readMetadata(bytes).operators;
    expect(finished).toMatchObject({ fullyFinished: true, subtasks: [] });
    expect(partly!.subtasks.map(({ index, finished: done }) => [index, done])).toEqual([
      [1, true],
      [0, false],
    ]);
    expect(Buffer.from(writeMetadata(readMetadata(bytes), 3))).toEqual(bytes);
  });
});

describe('streaming', () => {
  it('tells header, operators and subtasks in the order of the file, then the end', () => {
    const bytes = metadataFile(4, [operator(subtask({}), i32(-2)), operator()], { end: NULL_PROPERTIES });
    const { calls } = scanMetadata(bytes, () => {
      const told: string[] = [];
      return {
        calls: told,
        header: ({ checkpointId }) => told.push(`header ${checkpointId}`),
        operator: ({ id }) => told.push(`operator ${id.slice(0, 4)}`),
        subtask: ({ index }) => told.push(`subtask ${index}`),
        end: (properties) => told.push(`end ${properties}`),
      };
    });
    expect(calls).toEqual([
      'header 7',
      'operator 0001',
      'subtask 0',
      'subtask 1',
      'operator 0001',
      'end null',
    ]);
  });
});
