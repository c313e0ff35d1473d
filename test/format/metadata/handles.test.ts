import { describe, expect, it } from 'vitest';
import { readMetadata } from '../../../src/format/metadata/read.js';
import { writeMetadata } from '../../../src/format/metadata/write.js';
import type { SubtaskState } from '../../../src/model/metadata.js';
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
  mergedOperatorHandle,
  metadataFile,
  NONE,
  NULL_PROPERTIES,
  operator,
  type Part,
  relativeFile,
  segment,
  sized,
  subtask,
  u8,
  utf,
} from './hand-written.js';

function onlySubtask(bytes: Uint8Array): SubtaskState {
  return readMetadata(bytes).operators[0]!.subtasks[0]!;
}

/** The one managed keyed handle of a version 3 file with these bytes for it. */
function keyedHandle(handle: Part) {
  const bytes = fileWith({ keyedState: handle });
  expect(Buffer.from(writeMetadata(readMetadata(bytes), 3))).toEqual(bytes);
  return onlySubtask(bytes).managedKeyedState[0];
}

const FILE = { kind: 'file', path: 'file:/f', sizeBytes: 10n } as const;
const RANGE = { first: 0, last: 1 } as const;

describe('keyed handles in the forms of older releases', () => {
  it('reads and writes key groups without an id (code 3)', () => {
    expect(keyedHandle([u8(3), KEY_GROUPS, i64(0), i64(4), file('file:/f', 10)])).toEqual({
      kind: 'key-groups',
      keyGroups: RANGE,
      offsets: [0n, 4n],
      stream: FILE,
      stateHandleId: null,
    });
  });

  it('reads and writes an incremental handle without size and id (code 5)', () => {
    const handle = [
      u8(5),
      i64(3),
      utf('operator-name'),
      KEY_GROUPS,
      relativeFile('meta', 1),
      list([utf('1.sst'), file('file:/f', 10)]),
      list([utf('CURRENT'), inline('x', 9)]),
    ];
    expect(keyedHandle(handle)).toEqual({
      kind: 'incremental',
      checkpointId: 3n,
      backendId: 'operator-name',
      keyGroups: RANGE,
      checkpointedSizeBytes: null,
      metaStream: { kind: 'relative-file', relativePath: 'meta', sizeBytes: 1n },
      shared: [{ localPath: '1.sst', stream: FILE }],
      private: [{ localPath: 'CURRENT', stream: { kind: 'bytes', handleName: 'x', data: Buffer.from([9]) } }],
      stateHandleId: null,
    });
  });

  it('reads and writes a changelog of Flink 1.15 (codes 8 and 10)', () => {
    const files = [u8(10), KEY_GROUPS, list(), i64(10), i64(4), utf('part')];
    const handle = [u8(8), KEY_GROUPS, i64(1), list(), list(files), i64(2), utf('id')];
    expect(keyedHandle(handle)).toMatchObject({
      checkpointedSizeBytes: 1n,
      materializationId: 2n,
      checkpointId: null,
      nonMaterialized: [{ incrementalSizeBytes: 4n, stateHandleId: 'part', storageId: null }],
    });
  });

  it('keeps an empty place among materialized handles', () => {
    expect(keyedHandle(changelog(NONE, [u8(3), i32(1), i32(0), EMPTY_SEGMENT]))).toMatchObject({
      materialized: [
        null,
        { keyGroups: { first: 1, last: 0 }, offsets: [], stream: { kind: 'segment-empty' } },
      ],
    });
  });

  it('reads and writes key groups in the place of a stream', () => {
    const stream = [u8(3), KEY_GROUPS, i64(1), i64(2), file('file:/f', 10)];
    expect(keyedHandle([u8(7), i32(0), i32(1), i64(0), stream])).toMatchObject({
      kind: 'savepoint-key-groups',
      stream: { kind: 'key-groups-stream', keyGroups: RANGE, offsets: [1n, 2n], stream: FILE },
    });
  });
});

describe('operator handles of file merging', () => {
  it('have a segment, or an empty one where there is no state', () => {
    const bytes = fileWith({
      operatorState: mergedOperatorHandle(0, segment('file:/merged', 5, 6)),
      rawOperatorState: mergedOperatorHandle(1, EMPTY_SEGMENT),
    });
    const state = onlySubtask(bytes);
    const directories = { taskOwnedDir: 'file:/job/taskowned/tm', sharedDir: 'file:/job/shared/op' };
    expect(state.managedOperatorState).toEqual([
      {
        kind: 'operator',
        states: [{ name: 'a', mode: 'UNION', offsets: [9n] }],
        merging: { ...directories, isEmpty: false },
        stream: {
          kind: 'segment',
          path: 'file:/merged',
          startPos: 5n,
          sizeBytes: 6n,
          scope: 'SHARED',
          logicalFileId: 'logical-1',
        },
      },
    ]);
    expect(state.rawOperatorState).toMatchObject([
      { merging: { ...directories, isEmpty: true }, stream: { kind: 'segment-empty' } },
    ]);
    expect(Buffer.from(writeMetadata(readMetadata(bytes), 3))).toEqual(bytes);
  });

  it('have nothing but a segment', () => {
    const bytes = fileWith({ operatorState: mergedOperatorHandle(0, file('file:/f', 1)) });
    expect(() => readMetadata(bytes)).toThrow('expected a segment, found a handle of kind file');
  });
});

describe('merged channel handles', () => {
  const channels = (...parts: Part[]) => {
    const packed = bytesOf(list(...parts));
    return [i32(1), i64(30), file('file:/f', 10), i32(packed.length), packed];
  };
  const first = [i32(0), i32(1), i64(10), list(i64(0))];
  const second = [i32(0), i32(2), i64(20), list()];
  const version6 = (subtaskBytes: Part) =>
    metadataFile(6, [[utf('name'), utf(''), operator(subtaskBytes)]], { end: NULL_PROPERTIES });
  const bytes = version6(
    subtask({ inputs: [[u8(3), channels(first, second)]], outputs: [[u8(4), channels(first)]] }),
  );

  it('tell each channel with its size and offsets', () => {
    const metadata = readMetadata(bytes);
    expect(metadata.operators[0]).toMatchObject({ name: 'name', uid: null });
    const state = metadata.operators[0]!.subtasks[0]!;
    expect(state.inputChannelState).toEqual([
      {
        kind: 'merged-channels',
        direction: 'input',
        subtaskIndex: 1,
        sizeBytes: 30n,
        channels: [
          { channel: { group: 0, index: 1 }, sizeBytes: 10n, offsets: [0n] },
          { channel: { group: 0, index: 2 }, sizeBytes: 20n, offsets: [] },
        ],
        stream: FILE,
      },
    ]);
    expect(state.resultSubpartitionState).toMatchObject([
      { direction: 'output', channels: [{ sizeBytes: 10n }] },
    ]);
    expect(Buffer.from(writeMetadata(metadata, 6))).toEqual(bytes);
  });

  it('cannot be written before version 6', () => {
    expect(() => writeMetadata(readMetadata(bytes), 5)).toThrow(
      expect.objectContaining({ code: 'metadata-version', next: 'write version 6' }),
    );
  });

  it('are refused where the kind is of the other direction or the length is wrong', () => {
    const outputAsInput = version6(subtask({ inputs: [[u8(4), channels(first)]] }));
    expect(() => readMetadata(outputAsInput)).toThrow('expected kind 1 or 3, found 4');
    const packed = bytesOf(list(first), u8(0));
    const longer = [u8(3), i32(1), i64(30), file('file:/f', 10), i32(packed.length), packed];
    expect(() => readMetadata(version6(subtask({ inputs: [longer] })))).toThrow('took 32 bytes, not 33');
  });
});

describe('master states', () => {
  const master = (length: number) => [hex('c96b1696'), i32(length), i32(3), utf('hook'), sized(1, 2, 3)];

  it('have a name, a version and a payload', () => {
    const bytes = metadataFile(3, [], { masterStates: [master(17), master(17)] });
    const metadata = readMetadata(bytes);
    expect(metadata.masterStates[1]).toEqual({ name: 'hook', version: 3, payload: Buffer.from([1, 2, 3]) });
    expect(Buffer.from(writeMetadata(metadata, 3))).toEqual(bytes);
  });

  it('are refused where they do not fill their length or lack their mark', () => {
    expect(() => readMetadata(metadataFile(3, [], { masterStates: [master(18)] }))).toThrow(
      'took 17 bytes, not 18',
    );
    expect(() =>
      readMetadata(
        metadataFile(3, [], { masterStates: [[i32(1), i32(17), i32(3), utf('hook'), sized(1, 2, 3)]] }),
      ),
    ).toThrow('not the mark of a master state');
  });
});
