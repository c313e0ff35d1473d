// One key group of a canonical file, written entry by entry (layout: canonical-entry.ts). It remembers the last key,
// because only the next entry tells whether that was the last one of its state.
import type { ByteWriter } from '../bytes/byte-writer.js';
import { COMMA, END_OF_KEY_GROUP, LAST_OF_STATE } from './canonical-entry.js';
import { writeCompositeKey, writeKeyGroupPrefix } from './composite-key.js';
import type { KeyedEntry, KeyedState, ListState, MapState, TimerState } from './keyed-state.js';
import type { TypeSerializer } from './serializer.js';
import { wrongType } from './value-errors.js';

/** What the keys of a key group have in common. */
export interface KeyGroupPlace {
  readonly key: TypeSerializer<unknown>;
  readonly keyGroup: number;
  readonly prefixBytes: 1 | 2;
}

export class CanonicalKeyGroupWriter {
  readonly target: ByteWriter;
  readonly #place: KeyGroupPlace;
  #stateId = END_OF_KEY_GROUP;
  #lastKeyAt = -1;

  constructor(target: ByteWriter, place: KeyGroupPlace) {
    this.target = target;
    this.#place = place;
  }

  /** Writes what one key has; nothing for an empty list or map. The entries of one state come one after the other. */
  write(stateId: number, state: KeyedState, entry: KeyedEntry): void {
    switch (state.kind) {
      case 'PRIORITY_QUEUE':
        this.#writeTimer(stateId, state, entry);
        break;
      case 'MAP':
        this.#writeMap(stateId, state, entry);
        break;
      case 'LIST':
        this.#writeList(stateId, state, entry);
        break;
      default:
        this.#append(
          stateId,
          () => this.#writeKey(state.namespace, entry),
          () => state.value.write(this.target, entry.value),
        );
    }
  }

  /** Writes what is in the form of an entry already: rows of RocksDB, ascending. */
  writeRow(stateId: number, key: Uint8Array, value: Uint8Array): void {
    this.#append(
      stateId,
      () => this.target.bytes(key),
      () => this.target.bytes(value),
    );
  }

  /** Ends the key group; false where nothing was written, and nothing is. */
  end(): boolean {
    if (this.#lastKeyAt < 0) return false;
    this.#switchTo(END_OF_KEY_GROUP);
    return true;
  }

  #writeTimer(stateId: number, { timer }: TimerState, { key, namespace, value }: KeyedEntry): void {
    const target = this.target;
    const { keyGroup, prefixBytes } = this.#place;
    this.#append(
      stateId,
      () => {
        writeKeyGroupPrefix(target, keyGroup, prefixBytes);
        timer.write(target, { timestampMs: value as bigint, key, namespace });
      },
      () => {},
    );
  }

  #writeMap(stateId: number, { namespace, value }: MapState, entry: KeyedEntry): void {
    const target = this.target;
    if (!(entry.value instanceof Map)) throw wrongType(value.typeName, entry.value);
    for (const [mapKey, mapValue] of entry.value) {
      this.#append(
        stateId,
        () => {
          this.#writeKey(namespace, entry);
          value.mapKey.write(target, mapKey);
        },
        () => {
          target.bool(mapValue === null);
          if (mapValue !== null) value.mapValue.write(target, mapValue);
        },
      );
    }
  }

  #writeList(stateId: number, { namespace, value }: ListState, entry: KeyedEntry): void {
    const target = this.target;
    const list = entry.value;
    if (!Array.isArray(list)) throw wrongType(value.typeName, list);
    if (list.length === 0) return;
    this.#append(
      stateId,
      () => this.#writeKey(namespace, entry),
      () => {
        list.forEach((element, i) => {
          if (i > 0) target.u8(COMMA);
          value.element.write(target, element);
        });
      },
    );
  }

  #writeKey(namespace: TypeSerializer<unknown>, entry: KeyedEntry): void {
    const { keyGroup } = this.#place;
    writeCompositeKey(this.target, { ...this.#place, namespace }, { ...entry, keyGroup });
  }

  #append(stateId: number, writeKey: () => void, writeValue: () => void): void {
    if (stateId !== this.#stateId) this.#switchTo(stateId);
    this.#lastKeyAt = this.#lengthPrefixed(writeKey);
    this.#lengthPrefixed(writeValue);
  }

  /** Marks the last entry, and says which state comes after it. */
  #switchTo(stateId: number): void {
    const { keyGroup, prefixBytes } = this.#place;
    const firstByte = prefixBytes === 1 ? keyGroup : keyGroup >> 8;
    if (this.#lastKeyAt >= 0) this.target.patchU8(this.#lastKeyAt, firstByte | LAST_OF_STATE);
    this.target.i16(stateId);
    this.#stateId = stateId;
  }

  /** Returns where the part written begins, after its length. */
  #lengthPrefixed(write: () => void): number {
    const target = this.target;
    target.i32(0);
    const start = target.offset;
    write();
    target.patchI32(start - 4, target.offset - start);
    return start;
  }
}
