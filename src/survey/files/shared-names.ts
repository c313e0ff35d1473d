// Which names of files that nothing references do referenced files bear too, in other places: one file may go by two paths
// that no store tells apart (a mount, another address of a bucket). Names by the millions on either side do not fit, so
// those of the first kind only leave marks, and of the second kind the few are kept whose marks are there.
import { continueFingerprint, newFingerprint } from '../../support/fingerprint.js';
import { NameSet } from './name-set.js';
import { type KeyPlace, nameStartOf } from './records.js';

/** With two marks a name, of a hundred others one or two are kept for nothing. */
const BITS_PER_NAME = 16;

export class SharedNames {
  #marks = new Uint32Array(1);
  readonly #shared = new NameSet();
  readonly #fingerprint = newFingerprint();

  /** Must be told how many names may come, before the first. */
  makeRoom(names: number): void {
    this.#marks = new Uint32Array(2 ** Math.ceil(Math.log2((names * BITS_PER_NAME) / 32 + 1)));
  }

  /** Takes in the name of a file that nothing references; all of them before the first {@link addReferenced}. */
  addUnreferenced(key: KeyPlace): void {
    this.#take(key);
    const [first, second] = this.#fingerprint;
    this.#mark(first!);
    this.#mark(second!);
  }

  /** Takes in the name of a file that snapshots reference. */
  addReferenced(key: KeyPlace): void {
    this.#take(key);
    const [first, second] = this.#fingerprint;
    if (this.#isMarked(first!) && this.#isMarked(second!)) this.#shared.add(this.#fingerprint);
  }

  /** Whether referenced files bear the name of an unreferenced one that was taken in. */
  has(key: KeyPlace): boolean {
    this.#take(key);
    return this.#shared.has(this.#fingerprint);
  }

  #take(key: KeyPlace): void {
    this.#fingerprint.fill(0);
    continueFingerprint(this.#fingerprint, key.view, nameStartOf(key), key.end);
  }

  #mark(word: number): void {
    this.#marks[(word >>> 5) & (this.#marks.length - 1)]! |= 1 << (word & 31);
  }

  #isMarked(word: number): boolean {
    return (this.#marks[(word >>> 5) & (this.#marks.length - 1)]! & (1 << (word & 31))) !== 0;
  }
}
