// The files of a plan as a new look finds them. Numbers in columns, and words that many share: of a file that is found
// nothing is held that grows with its name.
import type { FoundFile } from './check.js';

const NOT_FOUND = -1;
const NO_WORD = 0;

export class FoundFiles {
  readonly #numberOf: (path: string) => number | undefined;
  readonly #sizes: Float64Array;
  /** NaN where the store told no time. */
  readonly #modified: Float64Array;
  readonly #snapshots: Int32Array;
  readonly #jobs: Uint32Array;
  readonly #objections: Uint32Array;
  readonly #etags = new Map<number, string>();
  readonly #words: (string | null)[] = [null];
  readonly #numberOfWord = new Map<string, number>();

  /** For so many files, each with a number from 0 on, which `numberOf` tells by its path in the plan. */
  constructor(count: number, numberOf: (path: string) => number | undefined) {
    this.#numberOf = numberOf;
    this.#sizes = new Float64Array(count);
    this.#modified = new Float64Array(count);
    this.#snapshots = new Int32Array(count).fill(NOT_FOUND);
    this.#jobs = new Uint32Array(count);
    this.#objections = new Uint32Array(count);
  }

  set(number: number, { sizeBytes, modifiedMs, etag, job, snapshots, objection }: FoundFile): void {
    this.#sizes[number] = sizeBytes;
    this.#modified[number] = modifiedMs ?? Number.NaN;
    this.#snapshots[number] = snapshots;
    this.#jobs[number] = this.#word(job);
    this.#objections[number] = objection === null ? NO_WORD : this.#word(objection);
    if (etag !== null) this.#etags.set(number, etag);
  }

  /** Undefined where it was not found. */
  get(path: string): FoundFile | undefined {
    const number = this.#numberOf(path);
    if (number === undefined) return undefined;
    const snapshots = this.#snapshots[number]!;
    if (snapshots === NOT_FOUND) return undefined;
    const modified = this.#modified[number]!;
    return {
      sizeBytes: this.#sizes[number]!,
      modifiedMs: Number.isNaN(modified) ? null : modified,
      etag: this.#etags.get(number) ?? null,
      job: this.#words[this.#jobs[number]!]!,
      snapshots,
      objection: this.#words[this.#objections[number]!]!,
    };
  }

  #word(text: string): number {
    const known = this.#numberOfWord.get(text);
    if (known !== undefined) return known;
    const number = this.#words.push(text) - 1;
    this.#numberOfWord.set(text, number);
    return number;
  }
}
