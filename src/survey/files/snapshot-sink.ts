// Where the references of one `_metadata` go while it is read: straight to the store of all files. What names no place in
// a store is kept until it is certain that the `_metadata` was understood; all of it only where somebody wants it.
import { ReferenceCollector, type ReferenceSink } from '../reference-collector.js';
import type { ReferenceCursor } from '../reference-cursor.js';
import type { ReferenceWriter } from './reference-writer.js';

export class SnapshotSink implements ReferenceSink {
  /** Of the snapshot in the survey. */
  readonly number: number;
  readonly collected: ReferenceCollector;
  readonly #writer: ReferenceWriter;
  readonly #keepAll: boolean;

  constructor(
    number: number,
    writer: ReferenceWriter,
    kept: { readonly paths: ReferenceCursor; readonly all: boolean },
  ) {
    this.number = number;
    this.collected = new ReferenceCollector(kept.paths);
    this.#writer = writer;
    this.#keepAll = kept.all;
  }

  operator(): void {
    this.collected.operator();
  }

  reference(cursor: ReferenceCursor): void {
    if (this.#keepAll || !cursor.resolved) this.collected.reference(cursor);
    if (cursor.resolved && cursor.kind !== 'directory') this.#writer.write(cursor);
  }
}
