// window(): records of a key are gathered by windows, each of which gives its results when its trigger says so.
// Source: Flink WindowOperator, EvictingWindowOperator.
import type { ValueKeyedState } from '../../../format/state/keyed-state.js';
import type { TypeSerializer } from '../../../format/state/serializer.js';
import { UsageError } from '../../../support/errors.js';
import type { Collector, RichFunction, TimeDomain } from '../../job/functions.js';
import type { OutputTag } from '../../job/output-tag.js';
import type { ListState } from '../../job/state.js';
import type { Trigger, TriggerResult } from '../../job/trigger.js';
import type { TimeWindow, Window } from '../../job/window.js';
import type { WindowAssigner } from '../../job/window-assigners.js';
import type { ProcessWindowFunction } from '../../job/window-function.js';
import { type Contents, mergeNamespaces } from '../../state/contents.js';
import type { KeyedStateBackend } from '../../state/keyed-backend.js';
import type { Timer } from '../../state/timer-queue.js';
import { InternalTimerService, type Triggerable } from '../internal-timer-service.js';
import { backendOf } from '../keyed-process.js';
import { NO_TIMESTAMP, type OperatorContext, type Output, type StreamOperator } from '../operator.js';
import { TimestampedCollector } from '../transforms.js';
import { UserFunctionOperator } from '../user-function-operator.js';
import {
  type Merge,
  MergingWindowSet,
  mergingWindowsDescriptor,
  type WindowAndState,
} from './merging-window-set.js';
import { CurrentTrigger } from './trigger-context.js';
import type { WindowKeeping } from './window-contents.js';
import { CurrentWindow } from './window-context.js';
import { WindowLifetime } from './window-lifetime.js';

/** The function of one subtask. */
export type UserWindowFunction = RichFunction &
  Pick<ProcessWindowFunction<unknown, unknown, unknown, Window>, 'process' | 'clear'>;

export interface WindowParts {
  readonly assigner: WindowAssigner<Window>;
  readonly trigger: Trigger<unknown, Window>;
  readonly keeping: WindowKeeping;
  readonly keyType: TypeSerializer<unknown>;
  readonly allowedLatenessMs: number;
  /** Where records go whose windows are forgotten; null drops them. */
  readonly lateTag: OutputTag<unknown> | null;
  readonly userFunction: UserWindowFunction;
}

/** Flink's name of the state. */
const CONTENTS = 'window-contents';

interface StreamRecord {
  readonly value: unknown;
  readonly timestampMs: number;
}

export class WindowOperator
  extends UserFunctionOperator<unknown>
  implements StreamOperator<unknown>, Triggerable
{
  readonly #parts: WindowParts;
  readonly #backend: KeyedStateBackend;
  readonly #contents: Contents<unknown>;
  readonly #timers: InternalTimerService;
  readonly #lifetime: WindowLifetime;
  readonly #trigger: CurrentTrigger;
  readonly #collector: TimestampedCollector<unknown>;
  readonly #context: CurrentWindow;
  /** Null where windows do not merge. */
  readonly #mergingWindows: ListState<WindowAndState> | null;

  constructor(output: Output<unknown>, operator: OperatorContext, parts: WindowParts) {
    super(output, operator, parts.userFunction);
    const { assigner, keeping, keyType, allowedLatenessMs } = parts;
    this.#parts = parts;
    this.#backend = backendOf(operator);
    const namespaceType = assigner.windowType as TypeSerializer<unknown>;
    const state = { ...keeping.state, name: CONTENTS, namespace: namespaceType } as ValueKeyedState;
    this.#contents = this.#backend.contentsOf(state);
    const name = 'window-timers';
    const timers = { name, keyType, namespaceType, target: this };
    this.#timers = new InternalTimerService(operator, this.#backend, timers);
    this.#lifetime = new WindowLifetime(this.#timers, assigner, allowedLatenessMs);
    this.#trigger = new CurrentTrigger(operator, this.#timers, namespaceType);
    this.#collector = new TimestampedCollector(output);
    this.#context = new CurrentWindow(operator, { timers: this.#timers, assigner });
    this.#mergingWindows = assigner.isMerging
      ? operator.runtime.getListState(mergingWindowsDescriptor)
      : null;
  }

  override recover(): void {
    this.#timers.start();
  }

  processElement(value: unknown, timestampMs: number): void {
    const { assigner, lateTag } = this.#parts;
    const windows = assigner.assignWindows(this.#timeOf(timestampMs));
    const merging = this.#windowsOfKey();
    const record = { value, timestampMs };
    const taken =
      merging === null ? this.#addPlain(record, windows) : this.#addMerging(record, windows, merging);
    if (taken || lateTag === null || !this.#lifetime.isRecordLate(timestampMs)) return;
    this.operator.sideOutput(lateTag).processElement(value, timestampMs);
  }

  override processWatermark(timestampMs: number): void {
    this.#timers.advanceWatermark(timestampMs, () => super.processWatermark(timestampMs));
  }

  onTimer(timer: Timer, domain: TimeDomain): void {
    const window = timer.namespace as Window;
    const merging = this.#windowsOfKey();
    const stateWindow = merging === null ? window : merging.stateWindowOf(window as TimeWindow);
    // The window has become another one, and this timer was not deleted.
    if (stateWindow === null) return;
    this.#contents.setNamespace(stateWindow);
    const { trigger } = this.#parts;
    const context = this.#trigger.of(window);
    this.#obey(
      domain === 'event-time'
        ? trigger.onEventTime(timer.timestampMs, window, context)
        : trigger.onProcessingTime(timer.timestampMs, window, context),
      window,
    );
    if (this.#lifetime.endsWith(timer, domain, window)) this.#forget(window, merging);
  }

  /** Whether the record is in any window. */
  #addPlain(record: StreamRecord, windows: readonly Window[]): boolean {
    let taken = false;
    for (const window of windows) {
      if (this.#lifetime.isLate(window)) continue;
      taken = true;
      this.#contents.setNamespace(window);
      this.#add(record, window);
    }
    return taken;
  }

  #addMerging(record: StreamRecord, windows: readonly Window[], merging: MergingWindowSet): boolean {
    let taken = false;
    for (const added of windows) {
      const window = merging.add(added as TimeWindow, (merge) => this.#merge(merge));
      if (this.#lifetime.isLate(window)) {
        merging.retire(window);
        continue;
      }
      taken = true;
      this.#contents.setNamespace(merging.stateWindowOf(window));
      this.#add(record, window);
    }
    merging.persist();
    return taken;
  }

  #add({ value, timestampMs }: StreamRecord, window: Window): void {
    const { keeping, trigger } = this.#parts;
    this.#contents.write(keeping.add(this.#contents.read(), value, timestampMs));
    const timeMs = timestampMs === NO_TIMESTAMP ? null : timestampMs;
    this.#obey(trigger.onElement(value, timeMs, window, this.#trigger.of(window)), window);
    this.#lifetime.registerCleanup(window);
  }

  #merge({ result, merged, stateWindow, mergedStateWindows }: Merge): void {
    const { trigger, keeping } = this.#parts;
    trigger.onMerge?.(result, this.#trigger.of(result, merged));
    for (const window of merged) {
      trigger.clear(window, this.#trigger.of(window));
      this.#lifetime.deleteCleanup(window);
    }
    const merge = keeping.merge!;
    mergeNamespaces(this.#contents, { target: stateWindow, sources: mergedStateWindows, merge });
  }

  #obey(result: TriggerResult, window: Window): void {
    if (result === 'CONTINUE') return;
    if (result !== 'PURGE') this.#fire(window);
    if (result !== 'FIRE') this.#contents.remove();
  }

  #fire(window: Window): void {
    const contents = this.#contents.read();
    if (contents === undefined) return;
    const { keeping, userFunction } = this.#parts;
    this.#collector.timestampMs = window.maxTimestamp();
    const key = this.#backend.currentKey;
    const context = this.#context.of(window);
    const left = keeping.fire(contents, {
      window,
      times: this.#trigger,
      emit: (elements) => userFunction.process(key, context, elements, this.#collector as Collector<unknown>),
    });
    if (left === undefined) this.#contents.remove();
    else if (left !== contents) this.#contents.write(left);
  }

  #forget(window: Window, merging: MergingWindowSet | null): void {
    this.#contents.remove();
    this.#parts.trigger.clear(window, this.#trigger.of(window));
    this.#parts.userFunction.clear?.(this.#context.of(window));
    merging?.retire(window as TimeWindow);
    merging?.persist();
  }

  /** Of the current key; null where windows do not merge. */
  #windowsOfKey(): MergingWindowSet | null {
    return this.#mergingWindows === null ? null : new MergingWindowSet(this.#mergingWindows);
  }

  #timeOf(timestampMs: number): number {
    const { domain } = this.#parts.assigner;
    if (domain === 'processing-time') return this.#timers.currentProcessingTime();
    if (domain === null || timestampMs !== NO_TIMESTAMP) return timestampMs;
    const { operatorName } = this.operator;
    throw new UsageError(`operator ${operatorName} has windows of event time, and a record that has none`, {
      where: operatorName,
      next: 'call assignTimestampsAndWatermarks before it, or use windows of processing time',
    });
  }
}
