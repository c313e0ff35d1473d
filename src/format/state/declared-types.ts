// Types that a job declares against types that a file was written with.
import { BugError, UsageError } from '../../support/errors.js';
import type { SerializerSnapshot, TypeSerializer } from './serializer.js';
import { sameSnapshot, serializerOf } from './snapshot-classes.js';

/** The serializer of a snapshot that was read from a header: such a snapshot is of a known class. */
export function knownSerializer(snapshot: SerializerSnapshot): TypeSerializer<unknown> {
  const serializer = serializerOf(snapshot);
  if (serializer === null) throw new BugError(`a header was read with the unknown ${snapshot.className}`);
  return serializer;
}

/** Throws a UsageError where `declared` is not the type that `written` stands for. `what` is `state count`. */
export function expectSameType(
  what: string,
  declared: TypeSerializer<unknown>,
  written: SerializerSnapshot,
): void {
  if (sameSnapshot(declared.snapshot, written)) return;
  throw typeMismatch(what, { declared: declared.typeName, written: knownSerializer(written).typeName });
}

export function typeMismatch(
  what: string,
  types: { readonly declared: string; readonly written: string },
): UsageError {
  return new UsageError(`${what} was written as ${types.written} but is declared as ${types.declared}`, {
    next: 'declare the type that the snapshot has, or give the new state another name',
  });
}
