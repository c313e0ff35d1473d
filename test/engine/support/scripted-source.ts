// A source that does what it is told: records with and without event time, watermarks, and pauses.
import type { PollResult, Source, SourceOutput, SourceReader } from '../../../src/index.js';

export type Script = readonly (
  | { readonly value: string; readonly timestampMs?: number }
  | { readonly watermarkMs: number }
  /** Nothing to read until the promise resolves. */
  | { readonly wait: Promise<void> }
)[];

/** One split for each script; its state is the position in it. */
export function scriptedSource(
  scripts: readonly Script[],
): Source<string, readonly [script: number, position: number]> {
  return {
    boundedness: 'bounded',
    discoverSplits: async () => scripts.map((_, index) => [index, 0] as const),
    serializeSplit: (split) => Buffer.from(JSON.stringify(split)),
    deserializeSplit: (bytes) => JSON.parse(Buffer.from(bytes).toString()),
    createReader: () => new ScriptedReader(scripts),
  };
}

class ScriptedReader implements SourceReader<string, readonly [number, number]> {
  readonly #scripts: readonly Script[];
  #splits: (readonly [number, number])[] = [];
  #wait: Promise<void> | null = null;

  constructor(scripts: readonly Script[]) {
    this.#scripts = scripts;
  }

  async start(splits: readonly (readonly [number, number])[]): Promise<void> {
    this.#splits = [...splits];
  }

  poll(output: SourceOutput<string>): PollResult {
    const [split] = this.#splits;
    if (split === undefined) return 'end';
    const [script, position] = split;
    const line = this.#scripts[script]![position];
    this.#splits[0] = [script, position + 1];
    if (line === undefined) this.#splits.shift();
    else if ('value' in line) output.collect(line.value, line.timestampMs);
    else if ('watermarkMs' in line) output.emitWatermark(line.watermarkMs);
    else this.#wait = line.wait;
    return this.#wait === null ? 'more' : 'nothing';
  }

  async available(): Promise<void> {
    await this.#wait;
    this.#wait = null;
  }

  snapshotState(): readonly (readonly [number, number])[] {
    return this.#splits;
  }

  async close(): Promise<void> {}
}
