// Numbers, the least at hand. A binary heap: children of `at` are `2 * at + 1` and `2 * at + 2`.

export class MinHeap {
  readonly #numbers: number[] = [];

  get size(): number {
    return this.#numbers.length;
  }

  /** The least; infinite where there is none. */
  get top(): number {
    return this.#numbers[0] ?? Number.POSITIVE_INFINITY;
  }

  push(number: number): void {
    const numbers = this.#numbers;
    let at = numbers.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (numbers[parent]! <= number) break;
      numbers[at] = numbers[parent]!;
      at = parent;
    }
    numbers[at] = number;
  }

  /** Takes the least away. */
  pop(): void {
    const last = this.#numbers.pop();
    if (last !== undefined && this.#numbers.length > 0) this.#sink(last);
  }

  /** All numbers up to `limit`, the least first and then in no order. */
  *upTo(limit: number): Generator<number> {
    const places = [0];
    for (let place = places.shift(); place !== undefined; place = places.shift()) {
      const number = this.#numbers[place];
      if (number === undefined || number > limit) continue;
      yield number;
      places.push(2 * place + 1, 2 * place + 2);
    }
  }

  /** Puts `number` in the place of the least. */
  #sink(number: number): void {
    const numbers = this.#numbers;
    let at = 0;
    for (let child = 1; child < numbers.length; child = 2 * at + 1) {
      if (child + 1 < numbers.length && numbers[child + 1]! < numbers[child]!) child++;
      if (numbers[child]! >= number) break;
      numbers[at] = numbers[child]!;
      at = child;
    }
    numbers[at] = number;
  }
}
