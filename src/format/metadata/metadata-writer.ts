// The cursor of a `_metadata` writer: bytes, the layout they are written in, and the refusal of what would be lost.
import type { Metadata } from '../../model/metadata.js';
import { UsageError } from '../../support/errors.js';
import { ByteWriter } from '../bytes/byte-writer.js';
import type { Layout } from './versions.js';

/** Writes one file in one layout. */
export class MetadataWriter extends ByteWriter {
  readonly layout: Layout;
  /** What is being written, for refusals: set by who writes operators and subtasks. */
  place = '';

  constructor(layout: Layout, metadata: Metadata) {
    super(64 * Math.max(16, metadata.operators.length));
    this.layout = layout;
  }

  /** i32 count, then the elements. */
  list<T>(elements: readonly T[], writeElement: (writer: MetadataWriter, element: T) => void): void {
    this.i32(elements.length);
    for (const element of elements) writeElement(this, element);
  }

  /** i32 count, then longs. */
  longs(values: readonly bigint[]): void {
    this.i32(values.length);
    for (const value of values) this.i64(value);
  }

  /** The error for state that this layout, or any, cannot carry. */
  refusal(message: string, next: string): UsageError {
    return new UsageError(`${message} cannot be written in metadata version ${this.layout.version}`, {
      code: 'metadata-version',
      where: this.place,
      next,
    });
  }
}
