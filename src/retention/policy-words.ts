// A policy in the words of the flags, which are those of the sections `retention:` and `cleanup:` of ckpt.yaml too: what
// may stand there, and what it means. Loads zod: import it where a policy is read.
import { z } from 'zod';
import type { Location } from '../model/location.js';
import { type CleanupPolicy, DEFAULT_CLEANUP, type RetentionPolicy } from '../model/policy.js';
import { duration, type PlaceOf, readWords, size } from '../support/words.js';

const count = z.int().min(1).max(1_000_000);

/** Section `retention:`. */
export const retentionWords = z.strictObject({
  'keep-last': count.describe('Keep the N newest snapshots of each job that restore.').optional(),
  'keep-within': duration()
    .refine((ms) => ms > 0, 'must be longer than nothing')
    .describe('Keep what is this close to the newest snapshot of its job that restores.')
    .optional(),
  'keep-hourly': count.describe('Keep the newest snapshot of each of N hours (UTC).').optional(),
  'keep-daily': count.describe('Keep the newest snapshot of each of N days (UTC).').optional(),
  'keep-weekly': count.describe('Keep the newest snapshot of each of N weeks (UTC, from Monday).').optional(),
  'keep-monthly': count.describe('Keep the newest snapshot of each of N months (UTC).').optional(),
  'max-bytes': size()
    .refine((bytes) => bytes > 0, 'must be more than nothing')
    .describe('Keep the newest snapshots of each job that fit together; a shared file counts once.')
    .optional(),
  pin: z.array(z.string().min(1)).describe('Snapshots that stay whatever the rules say.').optional(),
  savepoints: z.boolean().describe('Apply the rules to savepoints too.').optional(),
});

/** Section `cleanup:`. */
export const cleanupWords = z.strictObject({
  orphans: z.boolean().describe('Whether files that no snapshot references go. Default: true.').optional(),
  'min-age': duration().describe('Nothing younger goes. Default: 7d.').optional(),
  'unknown-jobs': z
    .boolean()
    .describe('Whether unreferenced files of jobs of which nothing is known may go. Default: false.')
    .optional(),
  'no-write-ahead-sinks': z
    .boolean()
    .describe('No sink of these jobs keeps a write-ahead log in taskowned/. Default: false.')
    .optional(),
  quarantine: z
    .union([z.boolean(), z.string().min(1)])
    .describe(
      'Whether files are put aside before they are removed, or where they are copied to for that. Default: true.',
    )
    .optional(),
  'max-delete': count.describe('Refuse to delete more files than this.').optional(),
  'max-bytes-deleted': size().describe('Refuse to delete more than this.').optional(),
  'max-percent': z
    .number()
    .gt(0)
    .max(100)
    .describe('Refuse to delete more than this percentage of the files of a job. Default: 50.')
    .optional(),
});

/** What a section is read with: where its words stand, for errors, and what a path in it means. */
export interface WordsContext {
  readonly placeOf: PlaceOf;
  readonly locate: (text: string) => Location;
}

/**
 * Throws a UsageError for an unknown word, a value of the wrong kind, and zero. The say on whole jobs is no word: it is
 * given for one run.
 */
export function retentionPolicy(
  words: unknown,
  { placeOf, locate }: WordsContext,
): Omit<RetentionPolicy, 'wholeJobs'> {
  const given = readWords(retentionWords, words, placeOf);
  return {
    keepLast: given['keep-last'] ?? null,
    keepWithinMs: given['keep-within'] ?? null,
    keepHourly: given['keep-hourly'] ?? null,
    keepDaily: given['keep-daily'] ?? null,
    keepWeekly: given['keep-weekly'] ?? null,
    keepMonthly: given['keep-monthly'] ?? null,
    maxBytes: given['max-bytes'] ?? null,
    pins: (given.pin ?? []).map(locate),
    savepoints: given.savepoints ? 'judge' : 'keep',
  };
}

/** Throws as {@link retentionPolicy} does. */
export function cleanupPolicy(words: unknown, { placeOf, locate }: WordsContext): CleanupPolicy {
  const given = readWords(cleanupWords, words, placeOf);
  const { quarantine = DEFAULT_CLEANUP.quarantine } = given;
  return {
    orphans: given.orphans ?? DEFAULT_CLEANUP.orphans,
    minAgeMs: given['min-age'] ?? DEFAULT_CLEANUP.minAgeMs,
    unknownJobs: given['unknown-jobs'] ?? DEFAULT_CLEANUP.unknownJobs,
    noWriteAheadSinks: given['no-write-ahead-sinks'] ?? DEFAULT_CLEANUP.noWriteAheadSinks,
    quarantine: quarantine !== false,
    copiesTo: typeof quarantine === 'string' ? locate(quarantine) : null,
    maxDelete: given['max-delete'] ?? DEFAULT_CLEANUP.maxDelete,
    maxBytesDeleted: given['max-bytes-deleted'] ?? DEFAULT_CLEANUP.maxBytesDeleted,
    maxPercent: given['max-percent'] ?? DEFAULT_CLEANUP.maxPercent,
  };
}
