// Where what an operator emits goes: to those that read its results and to those that read its side outputs; event time
// goes to all of them. Source: Flink OperatorChain#createOutputCollector, BroadcastingOutputCollector.
import type { Output, WatermarkStatus } from '../operators/operator.js';

/** A reader of an operator. */
export interface Consumer {
  readonly output: Output<unknown>;
  /** Id of the side output that it reads; null where it reads the results. */
  readonly sideOutput: string | null;
}

export interface OperatorOutputs {
  readonly main: Output<unknown>;
  /** By id; those that nobody reads are missing. */
  readonly side: ReadonlyMap<string, Output<unknown>>;
}

export function outputsTo(consumers: readonly Consumer[]): OperatorOutputs {
  const all = consumers.map(({ output }) => output);
  const of = (id: string | null) =>
    consumers.filter(({ sideOutput }) => sideOutput === id).map(({ output }) => output);
  const ids = new Set(consumers.flatMap(({ sideOutput }) => sideOutput ?? []));
  const main = of(null);
  return {
    main: all.length === 1 && main.length === 1 ? main[0]! : new BroadcastOutput(main, all),
    side: new Map([...ids].map((id) => [id, new BroadcastOutput(of(id), [])])),
  };
}

/** To several consumers, or to none. */
export class BroadcastOutput implements Output<unknown> {
  readonly #records: readonly Output<unknown>[];
  readonly #watermarks: readonly Output<unknown>[];

  constructor(records: readonly Output<unknown>[], watermarks: readonly Output<unknown>[]) {
    this.#records = records;
    this.#watermarks = watermarks;
  }

  processElement(value: unknown, timestampMs: number): void {
    for (const output of this.#records) output.processElement(value, timestampMs);
  }

  processWatermark(timestampMs: number): void {
    for (const output of this.#watermarks) output.processWatermark(timestampMs);
  }

  processWatermarkStatus(status: WatermarkStatus): void {
    for (const output of this.#watermarks) output.processWatermarkStatus(status);
  }
}
