// What a trigger and an evictor are called with: the times, and timers and state of the current key in one window.
// Source: Flink WindowOperator.Context, EvictingWindowOperator.EvictorContext.
import type { TypeSerializer } from '../../../format/state/serializer.js';
import type { EvictorContext } from '../../job/evictors.js';
import type { StateDescriptor } from '../../job/state.js';
import type { OnMergeContext, TriggerContext } from '../../job/trigger.js';
import type { Window } from '../../job/window.js';
import { KeyedStateStore } from '../../state/keyed-state-store.js';
import type { InternalTimerService } from '../internal-timer-service.js';
import { backendOf } from '../keyed-process.js';
import type { OperatorContext } from '../operator.js';

export class CurrentTrigger implements OnMergeContext, EvictorContext {
  readonly #timers: InternalTimerService;
  readonly #states: KeyedStateStore;
  #window: Window | null = null;
  #merged: readonly Window[] = [];

  constructor(operator: OperatorContext, timers: InternalTimerService, windowType: TypeSerializer<unknown>) {
    this.#timers = timers;
    this.#states = new KeyedStateStore(backendOf(operator), operator.clock, windowType);
  }

  /** The same context, for this window; `merged` are those that became it. */
  of(window: Window, merged: readonly Window[] = []): this {
    this.#window = window;
    this.#merged = merged;
    return this;
  }

  getCurrentProcessingTime(): number {
    return this.#timers.currentProcessingTime();
  }

  getCurrentWatermark(): number {
    return this.#timers.currentWatermark;
  }

  registerEventTimeTimer(timeMs: number): void {
    this.#timers.registerEventTimeTimer(this.#window, timeMs);
  }

  registerProcessingTimeTimer(timeMs: number): void {
    this.#timers.registerProcessingTimeTimer(this.#window, timeMs);
  }

  deleteEventTimeTimer(timeMs: number): void {
    this.#timers.deleteEventTimeTimer(this.#window, timeMs);
  }

  deleteProcessingTimeTimer(timeMs: number): void {
    this.#timers.deleteProcessingTimeTimer(this.#window, timeMs);
  }

  readonly getPartitionedState: TriggerContext['getPartitionedState'] = (descriptor: unknown) => {
    this.#states.setNamespace(this.#window);
    return this.#states.stateOf(descriptor as StateDescriptor) as never;
  };

  readonly mergePartitionedState: OnMergeContext['mergePartitionedState'] = (descriptor) => {
    const mergeable = descriptor as Parameters<KeyedStateStore['mergeNamespaces']>[0];
    this.#states.mergeNamespaces(mergeable, this.#window, this.#merged);
  };
}
