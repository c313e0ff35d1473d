// Which task runs next. Tasks that can go on wait in a queue; each gets a step, and after some steps, or when those have
// taken long, the host's event loop gets its turn. With a seeded chance the picks are random and yet the same for the same seed.
import type { Clock } from '../../support/clock.js';
import type { EventLoop } from '../../support/event-loop.js';
import { type Random, randomInt } from '../../support/random.js';
import { BATCH_RECORDS } from './channel.js';

/** `more`: can go on at once. `waiting`: will be woken. */
export type StepResult = 'more' | 'waiting';

/** Something that is run in steps. */
export interface Runnable {
  step(): StepResult;
}

/** Where the order of things is open, this decides. */
export interface Choices {
  /** A number in [0, count). */
  pick(count: number): number;
  /** How many records a step may process. */
  stepRecords(): number;
}

/** In turns, whole batches. */
export function takingTurns(): Choices {
  let turn = 0;
  return {
    pick: (count) => turn++ % count,
    stepRecords: () => BATCH_RECORDS,
  };
}

/** By chance, in steps of 1 to 8 records, so that a few records see many interleavings. */
export function byChance(random: Random): Choices {
  return { pick: (count) => randomInt(random, count), stepRecords: () => 1 + randomInt(random, 8) };
}

/**
 * Steps between two turns of the host's event loop. By chance it is one, for time and storage to come in between. A
 * checkpoint takes some twenty calls of storage one after the other, and each waits for such a turn: 4 steps are four times
 * quicker there than 16, and no fewer records come through.
 */
const STEPS_PER_TURN = 4;
/** Time after which timers, storage and signals have waited long enough: functions may take as long as they like. */
const TURN_MS = 10;
/** Records after which a task looks whether the turn is over. */
export const SLICE_RECORDS = 64;

export class Scheduler {
  readonly #eventLoop: EventLoop;
  readonly #clock: Clock;
  readonly #random: Random | undefined;
  readonly #ready: Runnable[] = [];
  readonly #waiting = new Set<Runnable>();
  #turnComing = false;
  #turnSinceMs = 0;
  #state: 'new' | 'running' | 'stopped' = 'new';

  /** With `random` any task that is ready may be next, else the one that has been ready longest. */
  constructor(eventLoop: EventLoop, clock: Clock, random?: Random) {
    this.#eventLoop = eventLoop;
    this.#clock = clock;
    this.#random = random;
  }

  /** Lets `task` have a step some time; no effect where it is to have one anyway. */
  wake(task: Runnable): void {
    if (this.#state === 'stopped' || this.#waiting.has(task)) return;
    this.#waiting.add(task);
    this.#ready.push(task);
    this.#requestTurn();
  }

  /** Begins with the tasks that have been woken so far. */
  start(): void {
    this.#state = 'running';
    this.#requestTurn();
  }

  /** No further steps. */
  stop(): void {
    this.#state = 'stopped';
    this.#ready.length = 0;
  }

  /** Whether a step should end before it has processed all that it may. */
  get isTurnOver(): boolean {
    return this.#clock.monotonic() - this.#turnSinceMs >= TURN_MS;
  }

  #requestTurn(): void {
    if (this.#turnComing || this.#state !== 'running') return;
    this.#turnComing = true;
    this.#eventLoop.nextTurn(() => this.#turn());
  }

  #turn(): void {
    this.#turnComing = false;
    this.#turnSinceMs = this.#clock.monotonic();
    const limit = this.#random === undefined ? STEPS_PER_TURN : 1;
    for (let steps = 0; steps < limit && this.#ready.length > 0; steps++) {
      const task = this.#take();
      this.#waiting.delete(task);
      if (task.step() === 'more') this.wake(task);
      if (this.isTurnOver) break;
    }
    if (this.#ready.length > 0) this.#requestTurn();
  }

  #take(): Runnable {
    if (this.#random === undefined) return this.#ready.shift()!;
    return this.#ready.splice(randomInt(this.#random, this.#ready.length), 1)[0]!;
  }
}
