// All channels into one task. It gives out what may be read, channel by channel in turns (or as chance has it), and
// leaves blocked channels alone. Source: Flink SingleInputGate, CheckpointedInputGate.
import type { Channel, ChannelElement, RecordBatch } from './channel.js';
import type { Choices } from './scheduler.js';

export class InputGate {
  readonly #channels: readonly Channel[];
  readonly #blocked: boolean[];
  readonly #choices: Choices;
  #last = 0;

  constructor(channels: readonly Channel[], choices: Choices) {
    this.#channels = channels;
    this.#blocked = channels.map(() => false);
    this.#choices = choices;
  }

  /** The channel that the last element came from. */
  get lastChannel(): number {
    return this.#last;
  }

  next(): ChannelElement | undefined {
    const count = this.#channels.length;
    const start = count === 1 ? 0 : this.#choices.pick(count);
    for (let step = 0; step < count; step++) {
      const index = (start + step) % count;
      const channel = this.#channels[index]!;
      if (this.#blocked[index] || channel.isEmpty) continue;
      this.#last = index;
      return channel.poll();
    }
    return undefined;
  }

  /** Lets a barrier pass what waits in a channel before it, which is returned; null where there is no such barrier. */
  overtake(channel: number, checkpointId: number): readonly RecordBatch[] | null {
    return this.#channels[channel]!.overtake(checkpointId);
  }

  block(channel: number): void {
    this.#blocked[channel] = true;
  }

  unblockAll(): void {
    this.#blocked.fill(false);
  }
}
