// Event time of a task with several inputs: as far as the slowest of them. Source: Flink StatusWatermarkValve.
import { NO_TIMESTAMP } from '../operators/operator.js';

/** The watermarks of the channels of one input, merged. A channel that has ended sent the last watermark before. */
export class WatermarkMerger {
  readonly #byChannel: number[];
  #merged = NO_TIMESTAMP;

  constructor(channels: number) {
    this.#byChannel = new Array<number>(channels).fill(NO_TIMESTAMP);
  }

  /** Takes the watermark of one channel; returns the merged one where it rose, else null. */
  advance(channel: number, timestampMs: number): number | null {
    if (timestampMs <= this.#byChannel[channel]!) return null;
    this.#byChannel[channel] = timestampMs;
    const merged = Math.min(...this.#byChannel);
    if (merged <= this.#merged) return null;
    this.#merged = merged;
    return merged;
  }
}
