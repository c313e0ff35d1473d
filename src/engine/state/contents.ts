// What the current key has in one state, in the current namespace where the state has namespaces: the one place that
// state handles read and write.
import type { TypeSerializer } from '../../format/state/serializer.js';
import { UsageError } from '../../support/errors.js';
import { namespaceForm } from './namespace-form.js';
import type { CurrentSlot, NamespaceEntries, StateColumn } from './state-column.js';

export interface Contents<C> {
  read(): C | undefined;
  write(contents: C): void;
  remove(): void;
  /** What was read has been changed in place: all of it, or one entry of a map. */
  changed(): void;
  changedEntry(mapKey: unknown): void;
  /** Chooses the namespace that the others work on. */
  setNamespace(namespace: unknown): void;
}

/** Where the contents of several namespaces become one. */
export interface NamespaceMerge<C> {
  readonly target: unknown;
  /** Without the target. */
  readonly sources: readonly unknown[];
  merge(a: C, b: C): C;
}

/** Brings what the current key has in `sources` into `target`, which is chosen then. Source: Flink InternalMergingState. */
export function mergeNamespaces<C>(
  contents: Contents<C>,
  { target, sources, merge }: NamespaceMerge<C>,
): void {
  const taken = sources.map((source) => takeContents(contents, source));
  contents.setNamespace(target);
  for (const other of taken) {
    if (other === undefined) continue;
    const own = contents.read();
    contents.write(own === undefined ? other : merge(own, other));
  }
}

function takeContents<C>(contents: Contents<C>, namespace: unknown): C | undefined {
  contents.setNamespace(namespace);
  const taken = contents.read();
  contents.remove();
  return taken;
}

/** Contents of a state without namespaces. */
export class PlainContents<C> implements Contents<C> {
  readonly #keys: CurrentSlot;
  readonly #column: StateColumn;
  readonly #bySlot: unknown[];

  constructor(keys: CurrentSlot, column: StateColumn) {
    this.#keys = keys;
    this.#column = column;
    this.#bySlot = column.contents;
  }

  read(): C | undefined {
    return this.#bySlot[slotOf(this.#keys)] as C | undefined;
  }

  write(contents: C): void {
    const slot = slotOf(this.#keys);
    this.#bySlot[slot] = contents;
    this.#column.touch(slot);
  }

  remove(): void {
    const slot = slotOf(this.#keys);
    this.#bySlot[slot] = undefined;
    this.#column.touch(slot);
    this.#keys.emptied();
  }

  changed(): void {
    this.#column.touch(this.#keys.slot);
  }

  changedEntry(mapKey: unknown): void {
    this.#column.touchEntry(this.#keys.slot, mapKey);
  }

  setNamespace(): void {}
}

/** Contents of a state with namespaces. */
export class NamespacedContents<C> implements Contents<C> {
  readonly #keys: CurrentSlot;
  readonly #column: StateColumn;
  readonly #formOf: (namespace: unknown) => string;
  #place = { form: '', namespace: undefined as unknown };

  constructor(keys: CurrentSlot, column: StateColumn, type: TypeSerializer<unknown>) {
    this.#keys = keys;
    this.#column = column;
    this.#formOf = namespaceForm(type);
  }

  setNamespace(namespace: unknown): void {
    this.#place = { form: this.#formOf(namespace), namespace };
  }

  read(): C | undefined {
    return this.#entries()?.get(this.#place.form)?.contents as C | undefined;
  }

  write(contents: C): void {
    const { form, namespace } = this.#place;
    const entries = this.#entries() ?? this.#addEntries();
    const entry = entries.get(form);
    if (entry === undefined) entries.set(form, { namespace, contents });
    else entry.contents = contents;
    this.changed();
  }

  remove(): void {
    const entries = this.#entries();
    if (entries === undefined || !entries.delete(this.#place.form)) return;
    this.changed();
    if (entries.size > 0) return;
    this.#column.contents[this.#keys.slot] = undefined;
    this.#keys.emptied();
  }

  changed(): void {
    this.#column.touchNamespace(this.#keys.slot, this.#place);
  }

  changedEntry(mapKey: unknown): void {
    this.#column.touchNamespace(this.#keys.slot, this.#place, mapKey);
  }

  #entries(): NamespaceEntries | undefined {
    return this.#column.contents[slotOf(this.#keys)] as NamespaceEntries | undefined;
  }

  #addEntries(): NamespaceEntries {
    const entries: NamespaceEntries = new Map();
    this.#column.contents[this.#keys.slot] = entries;
    return entries;
  }
}

function slotOf({ slot }: CurrentSlot): number {
  if (slot < 0) throw new UsageError('keyed state is used before there is a key', { next: NO_KEY_YET });
  return slot;
}

const NO_KEY_YET = 'use it in processElement: open() only gets the handle';
