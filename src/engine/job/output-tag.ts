// Names of streams that leave an operator beside its results. Source: Flink OutputTag.

export class OutputTag<T> {
  /** For the compiler alone: what its records are. */
  declare readonly records?: T;

  constructor(readonly id: string) {}
}
