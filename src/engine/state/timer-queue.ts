// The timers of one operator and subtask, earliest first; a timer is there once for its key, namespace and time. All are
// in memory. Times are ms. Source: Flink HeapPriorityQueueSet, KeyGroupedInternalPriorityQueue.
//
//     heap of times -> the timers of each time, in the order in which they were set

import { javaLong } from '../../format/state/java-long.js';
import type { EntryVisitor, TimerState } from '../../format/state/keyed-state.js';
import { timerSerializer } from '../../format/state/runtime-serializers.js';
import type { TypeSerializer } from '../../format/state/serializer.js';
import { keyGroupOf } from '../../model/key-groups.js';
import type { KeyedBackendParts } from './heap-columns.js';
import { MinHeap } from './min-heap.js';
import { isVoid, keyForm, namespaceForm } from './namespace-form.js';

export interface Timer {
  readonly timestampMs: number;
  readonly key: unknown;
  readonly namespace: unknown;
}

/** A timer that was set or deleted since it was last asked. */
export interface TimerChange {
  readonly timer: Timer;
  readonly isSet: boolean;
}

export class TimerQueue {
  readonly state: TimerState;
  readonly #parts: KeyedBackendParts;
  readonly #times = new MinHeap();
  readonly #byTime = new Map<number, Map<string, Timer>>();
  readonly #namespaceForm: (namespace: unknown) => string;
  readonly #hasNamespaces: boolean;
  /** Null where nobody asks for changes. */
  #changes: Map<string, TimerChange> | null;

  constructor(
    parts: KeyedBackendParts,
    name: string,
    {
      namespace,
      noteChanges,
    }: { readonly namespace: TypeSerializer<unknown>; readonly noteChanges: boolean },
  ) {
    this.#parts = parts;
    const timer = timerSerializer(parts.keyType, namespace);
    this.state = { kind: 'PRIORITY_QUEUE', name, timer };
    this.#namespaceForm = namespaceForm(namespace);
    this.#hasNamespaces = !isVoid(namespace);
    this.#changes = noteChanges ? new Map() : null;
  }

  /** The earliest time, infinite where there is no timer. */
  get nextMs(): number {
    return this.#times.top;
  }

  /** Whether there is a timer up to this time, which may be infinite. */
  hasDue(upToMs: number): boolean {
    return this.#times.size > 0 && this.#times.top <= upToMs;
  }

  /** False where it is set already. */
  add(timer: Timer): boolean {
    const form = this.#formOf(timer);
    if (!this.#insert(timer, form)) return false;
    this.#note(form, { timer, isSet: true });
    return true;
  }

  /** A timer that is in the snapshot which the changes are told against. */
  restore(timer: Timer): void {
    this.#insert(timer, this.#formOf(timer));
  }

  delete(timer: Timer): void {
    const form = this.#formOf(timer);
    const timers = this.#byTime.get(timer.timestampMs);
    if (timers?.delete(form) !== true) return;
    this.#note(form, { timer, isSet: false });
    if (timers.size === 0) this.#byTime.delete(timer.timestampMs);
    this.#dropEmptyTimes();
  }

  /** The earliest timer; undefined where there is none. */
  peek(): Timer | undefined {
    const timers = this.#byTime.get(this.#times.top);
    return timers?.values().next().value;
  }

  /** Keys of timers up to `upToMs`, that of the earliest among them; not many more than `limit`. */
  dueKeys(upToMs: number, limit: number): readonly unknown[] {
    const keys: unknown[] = [];
    for (const timeMs of this.#times.upTo(upToMs)) {
      for (const { key } of this.#byTime.get(timeMs)?.values() ?? []) {
        keys.push(key);
        if (keys.length >= limit) return keys;
      }
    }
    return keys;
  }

  /** What was set and deleted since the last time, what was undone left out. */
  takeChanges(): Iterable<TimerChange> {
    const changes = this.#changes;
    if (changes === null) return [];
    this.#changes = new Map();
    return changes.values();
  }

  /** Visits all timers, with their key groups. */
  forEach(visit: EntryVisitor): void {
    const { keyType, maxParallelism } = this.#parts;
    for (const timers of this.#byTime.values()) {
      for (const { timestampMs, key, namespace } of timers.values()) {
        const keyGroup = keyGroupOf(keyType.javaHashCode(key), maxParallelism);
        visit(keyGroup, { key, namespace, value: javaLong(timestampMs) });
      }
    }
  }

  #insert(timer: Timer, form: string): boolean {
    const { timestampMs } = timer;
    const timers = this.#byTime.get(timestampMs);
    if (timers === undefined) {
      this.#byTime.set(timestampMs, new Map([[form, timer]]));
      this.#times.push(timestampMs);
    } else if (timers.has(form)) {
      return false;
    } else {
      timers.set(form, timer);
    }
    return true;
  }

  #note(form: string, change: TimerChange): void {
    const name = `${change.timer.timestampMs},${form}`;
    if (this.#changes?.delete(name) === false) this.#changes.set(name, change);
  }

  /** A time may be in the heap twice, when all its timers were deleted and it was set again. */
  #dropEmptyTimes(): void {
    while (this.#times.size > 0 && !this.#byTime.has(this.#times.top)) this.#times.pop();
  }

  #formOf({ key, namespace }: Timer): string {
    const form = keyForm(this.#parts.keyType, key);
    return this.#hasNamespaces ? `${this.#namespaceForm(namespace)}|${form}` : form;
  }
}
