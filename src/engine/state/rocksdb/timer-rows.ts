// Timers as rows of a column family of their own. All timers are in memory too; the rows are what a checkpoint has of them.
// Source: Flink RocksDBCachingPriorityQueueSet.
import { ByteReader } from '../../../format/bytes/byte-reader.js';
import type { ByteWriter } from '../../../format/bytes/byte-writer.js';
import { keyGroupPrefixBytes, writeKeyGroupPrefix } from '../../../format/state/composite-key.js';
import { javaLong } from '../../../format/state/java-long.js';
import type { TimerState } from '../../../format/state/keyed-state.js';
import { keyGroupOf } from '../../../model/key-groups.js';
import type { Timer, TimerQueue } from '../timer-queue.js';
import { RowBatch } from './row-batch.js';

/** The rows of what changed since the last time. */
export function takeTimerRows(queue: TimerQueue, maxParallelism: number): RowBatch {
  const batch = new RowBatch(queue.state.name);
  for (const { timer, isSet } of queue.takeChanges()) {
    const writeKey = (target: ByteWriter) =>
      writeTimer(target, timer, { state: queue.state, maxParallelism });
    if (isSet) batch.put(writeKey, () => {});
    else batch.delete(writeKey);
  }
  return batch;
}

/** Reads the key of a row. */
export function readTimer(row: Uint8Array, { timer }: TimerState, maxParallelism: number): Timer {
  const source = new ByteReader(row.subarray(keyGroupPrefixBytes(maxParallelism)));
  const { timestampMs, key, namespace } = timer.read(source);
  return { timestampMs: Number(timestampMs), key, namespace };
}

/** Key group, then the timer itself. */
function writeTimer(
  target: ByteWriter,
  { timestampMs, key, namespace }: Timer,
  { state: { timer }, maxParallelism }: { readonly state: TimerState; readonly maxParallelism: number },
): void {
  const keyGroup = keyGroupOf(timer.timerKey.javaHashCode(key), maxParallelism);
  writeKeyGroupPrefix(target, keyGroup, keyGroupPrefixBytes(maxParallelism));
  timer.write(target, { timestampMs: javaLong(timestampMs), key, namespace });
}
