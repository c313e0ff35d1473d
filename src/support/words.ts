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

/** Values of `words` by `section`. Throws a UsageError with `where` for an unknown word and for a value of the wrong kind. */
export function readWords<S extends z.ZodObject>(section: S, words: unknown, where: string): z.output<S> {
  const parsed = section.safeParse(words ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = [
    ...(issue?.path ?? []),
    ...(issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []),
  ];
  const word = path.join('.');
  throw new UsageError(`${where}: ${word ? `${word}: ` : ''}${issue?.message}`, {
    where: word ? `${where}.${word}` : where,
    next: `the words of ${where} are ${Object.keys(section.shape).join(', ')}`,
    cause: parsed.error,
  });
}

/** A text with a unit; `parse` says what is wrong with one that fits the pattern and is too large. */
function quantity(pattern: RegExp, parse: (text: string) => number, example: string) {
  return z
    .string({ error: `wants a number with a unit such as ${example}` })
    .regex(pattern, `wants a number with a unit such as ${example}`)
    .transform((text, context) => {
      try {
        return parse(text);
      } catch (thrown) {
        context.addIssue(messageOf(thrown));
        return z.NEVER;
      }
    });
}
