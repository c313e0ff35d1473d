// A `_metadata` as a large job with RocksDB leaves it, of any size, written by our own writer: every subtask has one
// incremental handle with shared tables, two private files and one inline, beside the operator state of every second
// operator. No file that it names exists.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeMetadata } from '../dist/format/metadata/write.js';

const KEY_GROUPS = { first: 0, last: 127 };

/** Writes it to `path`; returns how many handles of streams it has. */
export function writeLargeMetadata(path, { operators, parallelism, tables }) {
  const directory = dirname(dirname(path));
  const job = { directory, parallelism, tables };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    writeMetadata(
      {
        formatVersion: 6,
        dialect: 'current',
        checkpointId: 1n,
        masterStates: [],
        operators: Array.from({ length: operators }, (_, index) => operatorAt(index, job)),
        properties: null,
      },
      6,
    ),
  );
  const withOperatorState = Math.ceil(operators / 2);
  return parallelism * (operators * (tables + 4) + withOperatorState);
}

/** Its subtasks are made when they are asked for: all of them at once would not fit. */
function operatorAt(index, job) {
  return {
    id: index.toString(16).padStart(32, '0'),
    name: `operator ${index}`,
    uid: `operator-${index}`,
    parallelism: job.parallelism,
    maxParallelism: 32768,
    fullyFinished: false,
    coordinatorState: null,
    get subtasks() {
      return Array.from({ length: job.parallelism }, (_, subtask) => subtaskAt(index, subtask, job));
    },
  };
}

function subtaskAt(operator, subtask, job) {
  const none = {
    rawOperatorState: [],
    rawKeyedState: [],
    inputChannelState: [],
    resultSubpartitionState: [],
  };
  return {
    ...none,
    legacyState: [],
    index: subtask,
    finished: false,
    managedOperatorState: operator % 2 === 0 ? [operatorState(operator, subtask)] : [],
    managedKeyedState: [incremental(operator, subtask, job)],
  };
}

function operatorState(operator, subtask) {
  const stream = { kind: 'relative-file', relativePath: uuid(operator, subtask, 0x8001), sizeBytes: 4096n };
  const states = [{ name: 'offsets', mode: 'SPLIT_DISTRIBUTE', offsets: [0n, 128n] }];
  return { kind: 'operator', states, stream, merging: null };
}

function incremental(operator, subtask, { directory, tables }) {
  const relative = (number) => ({
    kind: 'relative-file',
    relativePath: uuid(operator, subtask, 0x9000 + number),
    sizeBytes: 1024n,
  });
  return {
    kind: 'incremental',
    checkpointId: 1n,
    backendId: uuid(operator, subtask, 0xffff),
    keyGroups: KEY_GROUPS,
    checkpointedSizeBytes: 1n,
    metaStream: relative(0),
    shared: Array.from({ length: tables }, (_, table) => ({
      localPath: `${String(table).padStart(6, '0')}.sst`,
      stream: {
        kind: 'file',
        path: `file:${directory}/shared/${uuid(operator, subtask, table)}`,
        sizeBytes: BigInt(1_000_000 + table),
      },
    })),
    private: [
      { localPath: 'MANIFEST-000001', stream: relative(1) },
      { localPath: 'OPTIONS-000002', stream: relative(2) },
      {
        localPath: 'CURRENT',
        stream: { kind: 'bytes', handleName: 'CURRENT', data: Buffer.from('MANIFEST-000001\n') },
      },
    ],
    stateHandleId: uuid(operator, subtask, 0xfffe),
  };
}

/** Of the form of a random UUID, and another for any three numbers. */
function uuid(operator, subtask, number) {
  const mixed = (Math.imul(operator * 65536 + subtask, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b)) >>> 0;
  const hex = (value, digits) => (value >>> 0).toString(16).padStart(digits, '0').slice(-digits);
  return `${hex(mixed, 8)}-${hex(operator, 4)}-4${hex(subtask, 3)}-a${hex(subtask >>> 12, 3)}-${hex(number, 12)}`;
}
