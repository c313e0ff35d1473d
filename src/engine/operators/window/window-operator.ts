// window(): records of a key are gathered by windows, each of which gives its results when it is full.
// Source: Flink WindowOperator.
import type { TypeSerializer } from '../../../format/state/serializer.js';
import { UsageError } from '../../../support/errors.js';
import type { Collector, KeyedStates, RichFunction } from '../../job/functions.js';
import type { OutputTag } from '../../job/output-tag.js';
import type { ListState } from '../../job/state.js';
import { type TimeWindow, timeWindowType } from '../../job/window.js';
import type { WindowAssigner } from '../../job/window-assigners.js';
import type { ProcessWindowFunction, WindowContext } from '../../job/window-function.js';
import type { Contents } from '../../state/contents.js';
import type { KeyedStateBackend } from '../../state/keyed-backend.js';
import { KeyedStateStore } from '../../state/keyed-state-store.js';
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
import type { WindowKeeping } from './window-contents.js';
import { WindowTrigger } from './window-trigger.js';

/** The function of one subtask. */
export type UserWindowFunction = RichFunction &
  Pick<ProcessWindowFunction<unknown, unknown, unknown>, 'process' | 'clear'>;

export interface WindowParts {
  readonly assigner: WindowAssigner;
  readonly keeping: WindowKeeping;
  readonly keyType: TypeSerializer<unknown>;
  readonly allowedLatenessMs: number;
  /** Where records go whose windows are forgotten; null drops them. */
  readonly lateTag: OutputTag<unknown> | null;
  readonly userFunction: UserWindowFunction;
}

export class WindowOperator
  extends UserFunctionOperator<unknown>
  implements StreamOperator<unknown>, Triggerable
{
  readonly #parts: WindowParts;
  readonly #backend: KeyedStateBackend;
  readonly #contents: Contents<unknown>;
  readonly #timers: InternalTimerService;
  readonly #trigger: WindowTrigger;
  readonly #collector: TimestampedCollector<unknown>;
  readonly #context: CurrentWindow;
  /** Null where windows do not merge. */
  readonly #mergingWindows: ListState<WindowAndState> | null;

  constructor(output: Output<unknown>, operator: OperatorContext, parts: WindowParts) {
    super(output, operator, parts.userFunction);
    const { assigner, keeping, keyType, allowedLatenessMs } = parts;
    this.#parts = parts;
    this.#backend = backendOf(operator);
    this.#contents = this.#backend.contentsOf(keeping.state);
    const namespaceType = timeWindowType as TypeSerializer<unknown>;
    const name = 'window-timers';
    const timers = { name, keyType, namespaceType, target: this };
    this.#timers = new InternalTimerService(operator, this.#backend, timers);
    this.#trigger = new WindowTrigger(this.#timers, assigner, allowedLatenessMs);
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
    const taken =
      merging === null ? this.#addPlain(value, windows) : this.#addMerging(value, windows, merging);
    if (taken || lateTag === null || !this.#trigger.isRecordLate(timestampMs)) return;
    this.operator.sideOutput(lateTag).processElement(value, timestampMs);
  }

  override processWatermark(timestampMs: number): void {
    this.#timers.advanceWatermark(timestampMs, () => super.processWatermark(timestampMs));
  }

  onTimer({ timestampMs, namespace }: Timer): void {
    const window = namespace as TimeWindow;
    const merging = this.#windowsOfKey();
    const stateWindow = merging === null ? window : merging.stateWindowOf(window);
    // The window has become another one, and this timer was not deleted.
    if (stateWindow === null) return;
    this.#contents.setNamespace(stateWindow);
    if (this.#trigger.onTimer(window, timestampMs) === 'FIRE') this.#emit(window);
    if (timestampMs === this.#trigger.cleanupTimeOf(window)) this.#forget(window, merging);
  }

  /** Whether the record is in any window. */
  #addPlain(value: unknown, windows: readonly TimeWindow[]): boolean {
    let taken = false;
    for (const window of windows) {
      if (this.#trigger.isLate(window)) continue;
      taken = true;
      this.#contents.setNamespace(window);
      this.#add(value, window);
    }
    return taken;
  }

  #addMerging(value: unknown, windows: readonly TimeWindow[], merging: MergingWindowSet): boolean {
    let taken = false;
    for (const added of windows) {
      const window = merging.add(added, (merge) => this.#merge(merge));
      if (this.#trigger.isLate(window)) {
        merging.retire(window);
        continue;
      }
      taken = true;
      this.#contents.setNamespace(merging.stateWindowOf(window));
      this.#add(value, window);
    }
    merging.persist();
    return taken;
  }

  #add(value: unknown, window: TimeWindow): void {
    this.#contents.write(this.#parts.keeping.add(this.#contents.read(), value));
    if (this.#trigger.onElement(window) === 'FIRE') this.#emit(window);
    this.#trigger.registerCleanup(window);
  }

  #merge({ result, merged, stateWindow, mergedStateWindows }: Merge): void {
    this.#trigger.onMerge(result);
    for (const window of merged) {
      this.#trigger.clear(window);
      this.#trigger.deleteCleanup(window);
    }
    const taken = mergedStateWindows.map((each) => this.#takeContents(each));
    this.#contents.setNamespace(stateWindow);
    for (const contents of taken) {
      const own = this.#contents.read();
      if (contents === undefined) continue;
      this.#contents.write(own === undefined ? contents : this.#parts.keeping.merge!(own, contents));
    }
  }

  #takeContents(stateWindow: TimeWindow): unknown {
    this.#contents.setNamespace(stateWindow);
    const contents = this.#contents.read();
    this.#contents.remove();
    return contents;
  }

  #emit(window: TimeWindow): void {
    const contents = this.#contents.read();
    if (contents === undefined) return;
    const { keeping, userFunction } = this.#parts;
    this.#collector.timestampMs = window.maxTimestamp();
    this.#context.enter(window);
    userFunction.process(
      this.#backend.currentKey,
      this.#context,
      keeping.elements(contents),
      this.#collector as Collector<unknown>,
    );
  }

  #forget(window: TimeWindow, merging: MergingWindowSet | null): void {
    this.#contents.remove();
    this.#trigger.clear(window);
    this.#context.enter(window);
    this.#parts.userFunction.clear?.(this.#context);
    merging?.retire(window);
    merging?.persist();
  }

  /** Of the current key; null where windows do not merge. */
  #windowsOfKey(): MergingWindowSet | null {
    return this.#mergingWindows === null ? null : new MergingWindowSet(this.#mergingWindows);
  }

  #timeOf(timestampMs: number): number {
    if (!this.#parts.assigner.isEventTime) return this.#timers.currentProcessingTime();
    if (timestampMs !== NO_TIMESTAMP) return timestampMs;
    const { operatorName } = this.operator;
    throw new UsageError(`operator ${operatorName} has windows of event time, and a record that has none`, {
      where: operatorName,
      next: 'call assignTimestampsAndWatermarks before it, or use windows of processing time',
    });
  }
}

/** The context that window functions are called with. */
class CurrentWindow implements WindowContext {
  readonly #operator: OperatorContext;
  readonly #timers: InternalTimerService;
  readonly #assigner: WindowAssigner;
  readonly #windowStates: KeyedStateStore;
  window!: TimeWindow;

  constructor(
    operator: OperatorContext,
    { timers, assigner }: { readonly timers: InternalTimerService; readonly assigner: WindowAssigner },
  ) {
    this.#operator = operator;
    this.#timers = timers;
    this.#assigner = assigner;
    const namespaceType = timeWindowType as TypeSerializer<unknown>;
    this.#windowStates = new KeyedStateStore(backendOf(operator), operator.clock, namespaceType);
  }

  enter(window: TimeWindow): void {
    this.window = window;
    this.#windowStates.setNamespace(window);
  }

  currentWatermark(): number {
    return this.#timers.currentWatermark;
  }

  currentProcessingTime(): number {
    return this.#timers.currentProcessingTime();
  }

  windowState(): KeyedStates {
    if (!this.#assigner.isMerging) return this.#windowStates;
    const { operatorName } = this.#operator;
    throw new UsageError(`operator ${operatorName} asks for state of a session window`, {
      where: operatorName,
      next: 'use globalState(): a window that grows has no state of its own',
    });
  }

  globalState(): KeyedStates {
    return this.#operator.runtime;
  }

  output<T>(tag: OutputTag<T>, value: T): void {
    this.#operator.sideOutput(tag).processElement(value, this.window.maxTimestamp());
  }
}
