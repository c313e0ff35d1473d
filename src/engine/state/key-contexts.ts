// The keys of one subtask and what each has: a cell per state. A key without contents is forgotten after a while.
import { ByteWriter } from '../../format/bytes/byte-writer.js';
import type { TypeSerializer } from '../../format/state/serializer.js';
import { keyGroupOf } from '../../model/key-groups.js';
import type { KeyGroupRange } from '../../model/metadata.js';
import { BugError, messageOf, UsageError } from '../../support/errors.js';

/** A key and its contents: `cells[i]` is what state i has, undefined where it has nothing. */
export interface KeyContext {
  readonly key: unknown;
  /** The key as the map knows it: itself, or the bytes of an object. */
  readonly mapKey: unknown;
  readonly keyGroup: number;
  readonly cells: unknown[];
}

export interface KeyContextsParts {
  readonly operatorName: string;
  readonly keyType: TypeSerializer<unknown>;
  readonly keyGroups: KeyGroupRange;
  readonly maxParallelism: number;
}

/** So many keys that may be empty are collected before they are looked at. */
const SWEEP_KEYS = 4096;

export class KeyContexts {
  readonly #parts: KeyContextsParts;
  readonly #contexts = new Map<unknown, KeyContext>();
  #perhapsEmpty: KeyContext[] = [];
  /** Cells that a new key gets; a state that is asked for later finds its cell beyond them. */
  cellCount = 0;
  /** Of the current key. Read by every state handle for every record, hence a plain field. */
  current: KeyContext = { key: undefined, mapKey: undefined, keyGroup: -1, cells: [] };

  constructor(parts: KeyContextsParts) {
    this.#parts = parts;
  }

  setCurrent(key: unknown): void {
    const mapKey = typeof key === 'object' ? this.#bytesOf(key) : key;
    this.current = this.#contexts.get(mapKey) ?? this.#addChecked(key, mapKey);
  }

  /** The context of a key that a snapshot has in `keyGroup`. */
  restored(key: unknown, keyGroup: number): KeyContext {
    const mapKey = typeof key === 'object' ? this.#bytesOf(key) : key;
    return this.#contexts.get(mapKey) ?? this.#add(key, mapKey, keyGroup);
  }

  /** Says that a cell of the current key was emptied. */
  emptied(): void {
    this.#suspect(this.current);
  }

  /** All contexts, by key group from the first of the range. */
  byKeyGroup(): readonly (readonly KeyContext[])[] {
    const { first, last } = this.#parts.keyGroups;
    const groups: KeyContext[][] = Array.from({ length: last - first + 1 }, () => []);
    for (const context of this.#contexts.values()) groups[context.keyGroup - first]!.push(context);
    return groups;
  }

  /** Throws where the key is not of the declared type, which only a key not seen before can be. */
  #addChecked(key: unknown, mapKey: unknown): KeyContext {
    const { keyType, maxParallelism, keyGroups, operatorName } = this.#parts;
    this.#bytesOf(key);
    const keyGroup = keyGroupOf(keyType.javaHashCode(key), maxParallelism);
    if (keyGroup < keyGroups.first || keyGroup > keyGroups.last) {
      throw new BugError(`key group ${keyGroup} does not belong to this subtask of ${operatorName}`);
    }
    const context = this.#add(key, mapKey, keyGroup);
    this.#suspect(context);
    return context;
  }

  #add(key: unknown, mapKey: unknown, keyGroup: number): KeyContext {
    const cells = new Array<unknown>(this.cellCount).fill(undefined);
    const context = { key, mapKey, keyGroup, cells };
    this.#contexts.set(mapKey, context);
    return context;
  }

  #suspect(context: KeyContext): void {
    this.#perhapsEmpty.push(context);
    if (this.#perhapsEmpty.length >= SWEEP_KEYS) this.#sweep();
  }

  #sweep(): void {
    const { current } = this;
    for (const context of this.#perhapsEmpty) {
      if (context !== current && context.cells.every((cell) => cell === undefined)) {
        this.#contexts.delete(context.mapKey);
      }
    }
    this.#perhapsEmpty = [current];
  }

  #bytesOf(key: unknown): string {
    const target = new ByteWriter(64);
    try {
      this.#parts.keyType.write(target, key);
    } catch (cause) {
      throw this.#wrongKey(cause);
    }
    return Buffer.from(target.take()).toString('latin1');
  }

  #wrongKey(cause: unknown): UsageError {
    const { operatorName, keyType } = this.#parts;
    return new UsageError(`a key of operator ${operatorName} is no ${keyType.typeName}: ${messageOf(cause)}`, {
      where: operatorName,
      next: 'give keyBy the type of its keys, for example keyBy(selector, Types.LONG)',
      cause,
    });
  }
}
