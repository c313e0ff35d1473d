// Records in flight of an unaligned checkpoint, dealt to the subtasks that read them now: by key where the stream has keys,
// else to the subtask of the same number. They come before all that is new, in the order that their channel had.
// Source: Flink StateAssignmentOperation#reDistributeInputChannelStates, RecoveredInputChannel.
import { deserialize } from 'node:v8';
import { readStreamRecords } from '../../format/state/channel-state.js';
import { FormatError, UsageError } from '../../support/errors.js';
import type { RestoredChannel } from '../checkpoint/channel-handles.js';
import type { JobVertex } from '../job/job-graph.js';
import { NO_TIMESTAMP } from '../operators/operator.js';
import type { RecordBatch } from './channel.js';
import { byKeyGroup } from './record-writer.js';
import type { InputChannel } from './wiring.js';

/** Records that a task processes first; `channel` is the position among its channels that they are counted to. */
export interface RestoredBatch {
  readonly channel: number;
  readonly batch: RecordBatch;
}

/** By subtask. `channelsInto` are the channels into one. Throws a UsageError where the job no longer reads such a stream. */
export function dealRestored(
  restored: readonly RestoredChannel[],
  { head, parallelism }: JobVertex,
  channelsInto: (subtask: number) => readonly InputChannel[],
): readonly (readonly RestoredBatch[])[] {
  const dealt: RestoredBatch[][] = Array.from({ length: parallelism }, () => []);
  for (const part of restored) {
    const { group, index } = part.channel;
    const key = channelsInto(0).find(({ gate }) => gate === group)?.key;
    if (key === undefined) throw notRead(head.node.name, `its input ${group}`);
    const target = {
      key,
      broadcast: false,
      operatorName: head.node.name,
      maxParallelism: head.maxParallelism,
    };
    const subtaskOf =
      key === null ? () => part.subtaskIndex % parallelism : byKeyGroup(key, parallelism, target);
    for (const [subtask, batch] of batches(part, head.node.name, subtaskOf)) {
      const own = [...channelsInto(subtask).keys()].filter(
        (position) => channelsInto(subtask)[position]!.gate === group,
      );
      dealt[subtask]!.push({ channel: own[index % own.length]!, batch });
    }
  }
  return dealt;
}

/** Refuses records of an operator that is no longer at the head of a task. */
export function expectReaders(operatorIds: Iterable<string>, vertices: readonly JobVertex[]): void {
  for (const id of operatorIds) {
    if (vertices.some(({ head }) => head.id === id)) continue;
    const all = vertices.flatMap(({ operators }) => operators);
    throw notRead(all.find((operator) => operator.id === id)?.node.name ?? id, 'a task before it');
  }
}

type Subtasks = Map<number, RecordBatch>;

function batches(part: RestoredChannel, name: string, subtaskOf: (value: unknown) => number): Subtasks {
  const records = new Map<number, (readonly [value: unknown, timestampMs: number])[]>();
  for (const [value, timestampMs] of decode(part, name)) {
    const subtask = subtaskOf(value);
    const own = records.get(subtask) ?? [];
    records.set(subtask, own);
    own.push([value, timestampMs]);
  }
  return new Map([...records].map(([subtask, own]) => [subtask, batchOf(own)]));
}

function decode({ bytes }: RestoredChannel, name: string): (readonly [unknown, number])[] {
  try {
    return readStreamRecords(bytes).map(({ value, timestampMs }) => [
      deserialize(value),
      timestampMs ?? NO_TIMESTAMP,
    ]);
  } catch (cause) {
    const what = cause instanceof FormatError ? 'are damaged or not of this engine' : 'cannot be read';
    throw new UsageError(`the records in flight of operator ${name} ${what}`, {
      where: name,
      next: 'restore from a savepoint, or from an aligned checkpoint',
      cause,
    });
  }
}

function batchOf(records: readonly (readonly [value: unknown, timestampMs: number])[]): RecordBatch {
  return {
    kind: 'records',
    values: records.map(([value]) => value),
    timestampsMs: records.map(([, timestampMs]) => timestampMs),
    count: records.length,
  };
}

function notRead(name: string, from: string): UsageError {
  return new UsageError(
    `the snapshot has records in flight from ${from} to operator ${name}, which no longer reads it`,
    {
      where: name,
      next: 'run it with the parallelism and the streams of the snapshot, or restore from a savepoint',
    },
  );
}
