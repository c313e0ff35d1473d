// Event time of a task with several inputs: as far as the slowest of those that are not idle.
// Source: Flink StatusWatermarkValve.
import { NO_TIMESTAMP, type WatermarkOutput, type WatermarkStatus } from '../operators/operator.js';

interface ChannelTime {
  watermarkMs: number;
  isIdle: boolean;
  /** Counts for the minimum: one that was idle and is behind counts when it has caught up. */
  isAligned: boolean;
}

/** The watermarks of all channels of a task, merged. A channel that has ended sent the last watermark before. */
export class WatermarkMerger {
  readonly #output: WatermarkOutput;
  readonly #channels: readonly ChannelTime[];
  #mergedMs = NO_TIMESTAMP;
  #isIdle = false;

  constructor(channels: number, output: WatermarkOutput) {
    this.#output = output;
    this.#channels = Array.from({ length: channels }, () => ({
      watermarkMs: NO_TIMESTAMP,
      isIdle: false,
      isAligned: true,
    }));
  }

  watermark(channel: number, timestampMs: number): void {
    const time = this.#channels[channel]!;
    if (time.isIdle || timestampMs <= time.watermarkMs) return;
    time.watermarkMs = timestampMs;
    if (timestampMs >= this.#mergedMs) time.isAligned = true;
    this.#emitMinimum();
  }

  status(channel: number, status: WatermarkStatus): void {
    const time = this.#channels[channel]!;
    const becomesIdle = status === 'idle';
    if (time.isIdle === becomesIdle) return;
    time.isIdle = becomesIdle;
    if (becomesIdle) this.#becameIdle(time);
    else this.#becameActive(time);
  }

  #becameIdle(time: ChannelTime): void {
    time.isAligned = false;
    if (!this.#channels.every(({ isIdle }) => isIdle)) {
      if (time.watermarkMs === this.#mergedMs) this.#emitMinimum();
      return;
    }
    if (time.watermarkMs === this.#mergedMs)
      this.#emit(Math.max(...this.#channels.map(({ watermarkMs }) => watermarkMs)));
    this.#isIdle = true;
    this.#output.processWatermarkStatus('idle');
  }

  #becameActive(time: ChannelTime): void {
    if (time.watermarkMs >= this.#mergedMs) time.isAligned = true;
    if (!this.#isIdle) return;
    this.#isIdle = false;
    this.#output.processWatermarkStatus('active');
  }

  #emitMinimum(): void {
    let least = Number.POSITIVE_INFINITY;
    let anyAligned = false;
    for (const { isAligned, watermarkMs } of this.#channels) {
      if (!isAligned) continue;
      anyAligned = true;
      if (watermarkMs < least) least = watermarkMs;
    }
    if (anyAligned) this.#emit(least);
  }

  #emit(timestampMs: number): void {
    if (timestampMs <= this.#mergedMs) return;
    this.#mergedMs = timestampMs;
    this.#output.processWatermark(timestampMs);
  }
}
