// The triggers that come with Flink; their states have its names.
// Source: Flink EventTimeTrigger, ProcessingTimeTrigger, CountTrigger, PurgingTrigger, ContinuousEventTimeTrigger,
// ContinuousProcessingTimeTrigger, GlobalWindows.NeverTrigger.
import { longSerializer } from '../../format/state/basic-serializers.js';
import { UsageError } from '../../support/errors.js';
import { ReducingStateDescriptor } from './state.js';
import type { Trigger, TriggerContext, TriggerResult } from './trigger.js';
import { END_OF_TIME_MS, type Window } from './window.js';

const goOn = (): TriggerResult => 'CONTINUE';

/** Never: the window gives no results. */
export const NeverTrigger: Trigger<unknown, Window> = {
  onElement: goOn,
  onEventTime: goOn,
  onProcessingTime: goOn,
  onMerge: () => {},
  clear: () => {},
};

const byEventTime: Trigger<unknown, Window> = {
  onElement(_element, _timestampMs, window, context) {
    if (window.maxTimestamp() <= context.getCurrentWatermark()) return 'FIRE';
    context.registerEventTimeTimer(window.maxTimestamp());
    return 'CONTINUE';
  },
  onEventTime: (timeMs, window) => (timeMs === window.maxTimestamp() ? 'FIRE' : 'CONTINUE'),
  onProcessingTime: goOn,
  onMerge(window, context) {
    const endMs = window.maxTimestamp();
    if (endMs > context.getCurrentWatermark()) context.registerEventTimeTimer(endMs);
  },
  clear: (window, context) => context.deleteEventTimeTimer(window.maxTimestamp()),
};

export const EventTimeTrigger = {
  /** When the watermark passes the end of the window, and again for every late record. */
  create: (): Trigger<unknown, Window> => byEventTime,
} as const;

const byProcessingTime: Trigger<unknown, Window> = {
  onElement(_element, _timestampMs, window, context) {
    context.registerProcessingTimeTimer(window.maxTimestamp());
    return 'CONTINUE';
  },
  onEventTime: goOn,
  onProcessingTime: () => 'FIRE',
  onMerge(window, context) {
    const endMs = window.maxTimestamp();
    if (endMs > context.getCurrentProcessingTime()) context.registerProcessingTimeTimer(endMs);
  },
  clear: (window, context) => context.deleteProcessingTimeTimer(window.maxTimestamp()),
};

export const ProcessingTimeTrigger = {
  /** When the machine's time passes the end of the window. */
  create: (): Trigger<unknown, Window> => byProcessingTime,
} as const;

const COUNT = new ReducingStateDescriptor<number>('count', (a, b) => a + b, longSerializer);

export const CountTrigger = {
  /** At every so many records. */
  of(maxCount: number): Trigger<unknown, Window> {
    expectPositive('CountTrigger', maxCount);
    return {
      onElement(_element, _timestampMs, _window, context) {
        const count = context.getPartitionedState(COUNT);
        count.add(1);
        if (count.get()! < maxCount) return 'CONTINUE';
        count.clear();
        return 'FIRE';
      },
      onEventTime: goOn,
      onProcessingTime: goOn,
      onMerge: (_window, context) => context.mergePartitionedState(COUNT),
      clear: (_window, context) => context.getPartitionedState(COUNT).clear(),
    };
  },
} as const;

export const PurgingTrigger = {
  /** As another trigger; what gave its results is gone. */
  of<T, W extends Window>(nested: Trigger<T, W>): Trigger<T, W> {
    const purging = (result: TriggerResult): TriggerResult => (result === 'FIRE' ? 'FIRE_AND_PURGE' : result);
    return {
      onElement: (element, timestampMs, window, context) =>
        purging(nested.onElement(element, timestampMs, window, context)),
      onEventTime: (timeMs, window, context) => purging(nested.onEventTime(timeMs, window, context)),
      onProcessingTime: (timeMs, window, context) =>
        purging(nested.onProcessingTime(timeMs, window, context)),
      ...(nested.onMerge && { onMerge: nested.onMerge.bind(nested) }),
      clear: (window, context) => nested.clear(window, context),
    };
  },
} as const;

const FIRE_TIME = new ReducingStateDescriptor<number>('fire-time', Math.min, longSerializer);

export const ContinuousEventTimeTrigger = {
  /** At every multiple of `intervalMs` that the watermark passes, and at the end of the window. */
  of(intervalMs: number): Trigger<unknown, Window> {
    expectPositive('ContinuousEventTimeTrigger', intervalMs);
    const set = (afterMs: number, window: Window, context: TriggerContext) => {
      // After the last watermark all times of a window without an end would come, one after the other.
      const isLast = context.getCurrentWatermark() === Number.POSITIVE_INFINITY;
      if (isLast && window.maxTimestamp() === END_OF_TIME_MS) return;
      const nextMs = Math.min(afterMs + intervalMs, window.maxTimestamp());
      context.getPartitionedState(FIRE_TIME).add(nextMs);
      context.registerEventTimeTimer(nextMs);
    };
    return {
      onElement(_element, timestampMs, window, context) {
        if (timestampMs === null) throw withoutEventTime();
        if (window.maxTimestamp() <= context.getCurrentWatermark()) return 'FIRE';
        context.registerEventTimeTimer(window.maxTimestamp());
        if (context.getPartitionedState(FIRE_TIME).get() === null)
          set(timestampMs - (timestampMs % intervalMs), window, context);
        return 'CONTINUE';
      },
      onEventTime(timeMs, window, context) {
        if (timeMs === window.maxTimestamp()) return 'FIRE';
        const fireTime = context.getPartitionedState(FIRE_TIME);
        if (fireTime.get() !== timeMs) return 'CONTINUE';
        fireTime.clear();
        set(timeMs, window, context);
        return 'FIRE';
      },
      onProcessingTime: goOn,
      onMerge(_window, context) {
        context.mergePartitionedState(FIRE_TIME);
        const fireTimeMs = context.getPartitionedState(FIRE_TIME).get();
        if (fireTimeMs !== null) context.registerEventTimeTimer(fireTimeMs);
      },
      clear(_window, context) {
        const fireTime = context.getPartitionedState(FIRE_TIME);
        const fireTimeMs = fireTime.get();
        if (fireTimeMs === null) return;
        context.deleteEventTimeTimer(fireTimeMs);
        fireTime.clear();
      },
    };
  },
} as const;

export const ContinuousProcessingTimeTrigger = {
  /** At every multiple of `intervalMs` of the machine's time, while there are records. */
  of(intervalMs: number): Trigger<unknown, Window> {
    expectPositive('ContinuousProcessingTimeTrigger', intervalMs);
    const set = (afterMs: number, window: Window, context: TriggerContext) => {
      const nextMs = Math.min(afterMs + intervalMs, window.maxTimestamp());
      context.getPartitionedState(FIRE_TIME).add(nextMs);
      context.registerProcessingTimeTimer(nextMs);
    };
    return {
      onElement(_element, _timestampMs, window, context) {
        const nowMs = context.getCurrentProcessingTime();
        if (context.getPartitionedState(FIRE_TIME).get() === null)
          set(nowMs - (nowMs % intervalMs), window, context);
        return 'CONTINUE';
      },
      onEventTime: goOn,
      onProcessingTime(timeMs, window, context) {
        const fireTime = context.getPartitionedState(FIRE_TIME);
        if (fireTime.get() !== timeMs) return 'CONTINUE';
        fireTime.clear();
        set(timeMs, window, context);
        return 'FIRE';
      },
      onMerge(_window, context) {
        context.mergePartitionedState(FIRE_TIME);
        const fireTimeMs = context.getPartitionedState(FIRE_TIME).get();
        if (fireTimeMs !== null) context.registerProcessingTimeTimer(fireTimeMs);
      },
      clear(_window, context) {
        const fireTime = context.getPartitionedState(FIRE_TIME);
        const fireTimeMs = fireTime.get();
        if (fireTimeMs === null) return;
        context.deleteProcessingTimeTimer(fireTimeMs);
        fireTime.clear();
      },
    };
  },
} as const;

function expectPositive(trigger: string, given: number): void {
  if (Number.isInteger(given) && given > 0) return;
  throw new UsageError(`${trigger} is given ${given}`, { next: 'give it a whole number above 0' });
}

function withoutEventTime(): UsageError {
  return new UsageError('ContinuousEventTimeTrigger has a record without event time', {
    next: 'call assignTimestampsAndWatermarks before the window',
  });
}
