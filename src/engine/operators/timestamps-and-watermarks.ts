// assignTimestampsAndWatermarks(): event time begins here. Watermarks from before are dropped, except the last one.
// Source: Flink TimestampsAndWatermarksOperator.
import type { WatermarkGenerator, WatermarkSink, WatermarkStrategy } from '../job/watermark-strategy.js';
import {
  BaseOperator,
  MAX_WATERMARK,
  NO_TIMESTAMP,
  type OperatorContext,
  type OperatorFactory,
  type Output,
  type WatermarkStatus,
} from './operator.js';

export function timestampsAndWatermarksOperator<T>(strategy: WatermarkStrategy<T>): OperatorFactory {
  return (context, output) =>
    new TimestampsAndWatermarksOperator(output, context, strategy as WatermarkStrategy<unknown>);
}

class TimestampsAndWatermarksOperator extends BaseOperator<unknown, unknown> implements WatermarkSink {
  readonly #context: OperatorContext;
  readonly #strategy: WatermarkStrategy<unknown>;
  readonly #generator: WatermarkGenerator<unknown>;
  #watermarkMs = NO_TIMESTAMP;
  #status: WatermarkStatus = 'active';

  constructor(output: Output<unknown>, context: OperatorContext, strategy: WatermarkStrategy<unknown>) {
    super(output);
    this.#context = context;
    this.#strategy = strategy;
    this.#generator = strategy.createWatermarkGenerator(context.processingTime);
  }

  override recover(): void {
    this.#schedule();
  }

  processElement(value: unknown, timestampMs: number): void {
    const before = timestampMs === NO_TIMESTAMP ? null : timestampMs;
    const eventTimeMs = this.#strategy.timestampOf(value, before);
    this.output.processElement(value, eventTimeMs);
    this.#generator.onEvent(value, eventTimeMs, this);
  }

  override processWatermark(timestampMs: number): void {
    if (timestampMs === MAX_WATERMARK) this.emitWatermark(timestampMs);
  }

  override processWatermarkStatus(): void {}

  emitWatermark(timestampMs: number): void {
    if (timestampMs <= this.#watermarkMs) return;
    this.#watermarkMs = timestampMs;
    this.#setStatus('active');
    super.processWatermark(timestampMs);
  }

  markIdle(): void {
    this.#setStatus('idle');
  }

  markActive(): void {
    this.#setStatus('active');
  }

  #setStatus(status: WatermarkStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    super.processWatermarkStatus(status);
  }

  #schedule(): void {
    const { processingTime, autoWatermarkIntervalMs } = this.#context;
    if (autoWatermarkIntervalMs === 0) return;
    processingTime.schedule(processingTime.now() + autoWatermarkIntervalMs, () => {
      this.#generator.onPeriodicEmit(this);
      this.#schedule();
    });
  }
}
