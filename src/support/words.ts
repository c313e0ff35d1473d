// Reading what a user wrote in a section of a YAML file or in flags of the same names: zod schemas for quantities with
// units, and errors that say where and what there is instead. Loads zod: import it where words are read.
import { z } from 'zod';
import { messageOf, UsageError } from './errors.js';
import {
  DURATION_PATTERN,
  parseDuration,
  parseRate,
  parseSize,
  RATE_PATTERN,
  SIZE_PATTERN,
} from './units.js';

/** Milliseconds. */
export const duration = () => quantity(DURATION_PATTERN, parseDuration, '36h');

/** Bytes. */
export const size = () => quantity(SIZE_PATTERN, parseSize, '500GiB');

/** Bytes per second. */
export const rate = () => quantity(RATE_PATTERN, parseRate, '200MB/s');

/** Where words stand, for errors: of a path within them, such as `operators.0.state`; empty for all of them. */
export type PlaceOf = (path: readonly string[]) => string;

/** The place of a path in a section or file: `retention.keep-last`. */
export function placeIn(where: string): PlaceOf {
  return (path) => [where, ...path].join('.');
}

/** Values of `words` by `section`. Throws a UsageError with its place for an unknown word and for a wrong value. */
export function readWords<S extends z.ZodObject>(section: S, words: unknown, placeOf: PlaceOf): z.output<S> {
  const parsed = section.safeParse(words ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const path = [...(issue?.path ?? []), ...unknown].map(String);
  const where = placeOf(path);
  throw new UsageError(`${where}: ${unknown.length > 0 ? 'there is no such word' : issue?.message}`, {
    where,
    next:
      unknown.length > 0 && path.length === 1
        ? `the words there are ${Object.keys(section.shape).join(', ')}`
        : 'correct it',
    cause: parsed.error,
  });
}

/** A text with a unit; `parse` says what is wrong with one that fits the pattern and is too large. */
function quantity(pattern: RegExp, parse: (text: string) => number, example: string) {
  const wanted = `wants a number with a unit such as ${example}`;
  return z
    .string({ error: ({ input }) => (input === undefined ? 'missing' : wanted) })
    .regex(pattern, wanted)
    .transform((text, context) => {
      try {
        return parse(text);
      } catch (thrown) {
        context.addIssue(messageOf(thrown));
        return z.NEVER;
      }
    });
}
