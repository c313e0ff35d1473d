// Work that is begun and not waited for, until somebody wants all of it done.

export class BackgroundWork {
  readonly #onFailure: (error: Error) => void;
  readonly #running = new Set<Promise<void>>();

  constructor(onFailure: (error: Error) => void) {
    this.#onFailure = onFailure;
  }

  add(work: Promise<unknown>): void {
    const watched: Promise<void> = work
      .then(() => {}, this.#onFailure)
      .finally(() => {
        this.#running.delete(watched);
      });
    this.#running.add(watched);
  }

  /** Resolves when nothing runs any more, also nothing that was added meanwhile. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
