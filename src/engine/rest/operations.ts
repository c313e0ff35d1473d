// What clients ask for that takes a while: they get an id at once and ask for the result by it. A result that nobody has
// asked for yet is owed: the server does not end before, for a time. Source: Flink AbstractAsynchronousOperationHandlers.
import { messageOf } from '../../support/errors.js';
import type { Random } from '../../support/random.js';

type Progress =
  | { readonly kind: 'in-progress' }
  | { readonly kind: 'done'; readonly operation: object }
  | { readonly kind: 'failed'; readonly thrown: unknown };

/** Results that are kept; an older one is forgotten. */
const KEPT = 100;

export class Operations {
  readonly #random: Random;
  readonly #all = new Map<string, Progress>();
  readonly #owed = new Set<string>();
  #settled: () => void = () => {};

  constructor(random: Random) {
    this.#random = random;
  }

  /** Begins to wait for `work`; returns the id by which its result can be asked for. */
  start(work: Promise<object>): string {
    const id = Buffer.from(this.#random.bytes(16)).toString('hex');
    this.#all.set(id, { kind: 'in-progress' });
    const [oldest] = this.#all.keys();
    if (this.#all.size > KEPT && oldest !== undefined) this.#all.delete(oldest);
    this.owe(id);
    work.then(
      (operation) => this.#all.set(id, { kind: 'done', operation }),
      (thrown) => this.#all.set(id, { kind: 'failed', thrown }),
    );
    return id;
  }

  /** How far it is, in Flink's form; null where nobody has begun such a thing. */
  status(id: string): object | null {
    const progress = this.#all.get(id);
    if (progress === undefined) return null;
    if (progress.kind === 'in-progress') return { status: { id: 'IN_PROGRESS' }, operation: null };
    this.pay(id);
    const operation = progress.kind === 'done' ? progress.operation : failure(progress.thrown);
    return { status: { id: 'COMPLETED' }, operation };
  }

  /** Somebody waits for this. */
  owe(what: string): void {
    this.#owed.add(what);
  }

  /** He has it. */
  pay(what: string): void {
    this.#owed.delete(what);
    if (this.#owed.size === 0) this.#settled();
  }

  /** Resolves when nobody waits for anything any more. */
  paid(): Promise<void> {
    if (this.#owed.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#settled = resolve;
    });
  }
}

function failure(thrown: unknown): object {
  const name = thrown instanceof Error ? thrown.name : 'Error';
  return {
    'failure-cause': {
      class: name,
      'stack-trace': `${name}: ${messageOf(thrown)}`,
      'serialized-throwable': '',
    },
  };
}
