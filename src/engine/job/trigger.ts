// When does a window give its results? A trigger decides it at every record and at the timers that it sets. It has no
// fields that change: what it remembers is state of the key and the window. Source: Flink Trigger, TriggerResult.
import type {
  AggregatingState,
  AggregatingStateDescriptor,
  ListState,
  ListStateDescriptor,
  MapState,
  MapStateDescriptor,
  ReducingState,
  ReducingStateDescriptor,
  ValueState,
  ValueStateDescriptor,
} from './state.js';
import type { Window } from './window.js';

/** `FIRE`: the window gives its results. `PURGE`: what is in it goes; the window itself stays. */
export type TriggerResult = 'CONTINUE' | 'FIRE' | 'PURGE' | 'FIRE_AND_PURGE';

/** Times, timers and state of the current key and window. */
export interface TriggerContext {
  getCurrentProcessingTime(): number;
  /** Negative infinity before the first watermark. */
  getCurrentWatermark(): number;
  registerEventTimeTimer(timeMs: number): void;
  registerProcessingTimeTimer(timeMs: number): void;
  deleteEventTimeTimer(timeMs: number): void;
  deleteProcessingTimeTimer(timeMs: number): void;
  /** The state of this name, of the key and window of the call: to be asked for in each. */
  getPartitionedState<T>(descriptor: ValueStateDescriptor<T>): ValueState<T>;
  getPartitionedState<T>(descriptor: ListStateDescriptor<T>): ListState<T>;
  getPartitionedState<K, V>(descriptor: MapStateDescriptor<K, V>): MapState<K, V>;
  getPartitionedState<T>(descriptor: ReducingStateDescriptor<T>): ReducingState<T>;
  getPartitionedState<In, Acc, Out>(
    descriptor: AggregatingStateDescriptor<In, Acc, Out>,
  ): AggregatingState<In, Out>;
}

/** State that can be joined. */
export type MergeableStateDescriptor<T> =
  | ListStateDescriptor<T>
  | ReducingStateDescriptor<T>
  | AggregatingStateDescriptor<never, T, unknown>;

/** The window is made out of others. */
export interface OnMergeContext extends TriggerContext {
  /** Joins what the state has in those others. */
  mergePartitionedState<T>(descriptor: MergeableStateDescriptor<T>): void;
}

export interface Trigger<T, W extends Window> {
  /** Called for each record that came into the window; `timestampMs` is null where it has no event time. */
  onElement(element: T, timestampMs: number | null, window: W, context: TriggerContext): TriggerResult;
  onEventTime(timeMs: number, window: W, context: TriggerContext): TriggerResult;
  onProcessingTime(timeMs: number, window: W, context: TriggerContext): TriggerResult;
  /** Called where others became this window. Without it the trigger is refused for windows that merge. */
  onMerge?(window: W, context: OnMergeContext): void;
  /** The window goes: so must state and timers of the trigger. */
  clear(window: W, context: TriggerContext): void;
}
