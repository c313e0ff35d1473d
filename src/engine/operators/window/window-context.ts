// The context that window functions are called with. Source: Flink WindowOperator.WindowContext.
import { UsageError } from '../../../support/errors.js';
import type { KeyedStates } from '../../job/functions.js';
import type { OutputTag } from '../../job/output-tag.js';
import type { Window } from '../../job/window.js';
import type { WindowAssigner } from '../../job/window-assigners.js';
import type { WindowContext } from '../../job/window-function.js';
import { KeyedStateStore } from '../../state/keyed-state-store.js';
import type { InternalTimerService } from '../internal-timer-service.js';
import { backendOf } from '../keyed-process.js';
import type { OperatorContext } from '../operator.js';

interface ContextParts {
  readonly timers: InternalTimerService;
  readonly assigner: WindowAssigner<Window>;
}

export class CurrentWindow implements WindowContext<Window> {
  readonly #operator: OperatorContext;
  readonly #timers: InternalTimerService;
  readonly #isMerging: boolean;
  readonly #windowStates: KeyedStateStore;
  window!: Window;

  constructor(operator: OperatorContext, { timers, assigner }: ContextParts) {
    this.#operator = operator;
    this.#timers = timers;
    this.#isMerging = assigner.isMerging;
    this.#windowStates = new KeyedStateStore(backendOf(operator), operator.clock, assigner.windowType);
  }

  /** The same context, for this window. */
  of(window: Window): this {
    this.window = window;
    this.#windowStates.setNamespace(window);
    return this;
  }

  currentWatermark(): number {
    return this.#timers.currentWatermark;
  }

  currentProcessingTime(): number {
    return this.#timers.currentProcessingTime();
  }

  windowState(): KeyedStates {
    if (!this.#isMerging) return this.#windowStates;
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
