// What all operators around a user's function have in common: its life, and its operator state.
// Source: Flink AbstractUdfStreamOperator, StreamingFunctionUtils.
import type { RichFunction } from '../job/functions.js';
import { BaseLife, type OperatorContext, type Output } from './operator.js';

export abstract class UserFunctionOperator<O> extends BaseLife<O> {
  protected readonly operator: OperatorContext;
  readonly #function: RichFunction;

  constructor(output: Output<O>, operator: OperatorContext, userFunction: RichFunction) {
    super(output);
    this.operator = operator;
    this.#function = userFunction;
  }

  override open(): void {
    const { isRestored, operatorStates, runtime } = this.operator;
    this.#function.initializeState?.({
      isRestored: () => isRestored,
      getOperatorStateStore: () => operatorStates,
      getKeyedStateStore: () => runtime,
    });
    this.#function.open?.(runtime);
  }

  override prepareSnapshot(checkpointId: number): void {
    this.#function.snapshotState?.({ checkpointId });
  }

  override close(): void {
    this.#function.close?.();
  }
}
