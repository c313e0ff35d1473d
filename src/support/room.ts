// Things that take room while they are worked on: so many at once as fit.

/** Room for `total` units, given out in the order of asking. */
export class Room {
  #free: number;
  #taken = 0;
  readonly #waiting: { readonly amount: number; readonly enter: () => void }[] = [];

  constructor(total: number) {
    this.#free = total;
  }

  /** Runs `action` once there is room for `amount`; what is larger than all room runs alone. */
  async within<T>(amount: number, action: () => Promise<T>): Promise<T> {
    await new Promise<void>((enter) => {
      this.#waiting.push({ amount, enter });
      this.#letIn();
    });
    try {
      return await action();
    } finally {
      this.#free += amount;
      this.#taken--;
      this.#letIn();
    }
  }

  #letIn(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (next.amount > this.#free && this.#taken > 0) return;
      this.#waiting.shift();
      this.#free -= next.amount;
      this.#taken++;
      next.enter();
    }
  }
}
