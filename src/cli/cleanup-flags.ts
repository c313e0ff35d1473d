// The flags of a policy: which snapshots stay, what may go besides, and how much of it. They are the words of the sections
// `retention:` and `cleanup:` of ckpt.yaml, which src/retention/policy-words.ts checks.
import { boolean, custom, integer, string } from '@oclif/core/flags';
import { child, parseLocation } from '../model/location.js';
import type { PolicyWords } from '../model/plan.js';
import type { Rewrite } from '../model/rewrite.js';
import { DEFAULT_POLICY, type SafetyPolicy } from '../model/safety-policy.js';
import { localReader } from '../storage/local/reader.js';
import { UsageError } from '../support/errors.js';
import { parseDuration } from '../support/units.js';
import { type EvidenceFlags, evidenceSources } from './evidence-flags.js';
import { fromEnvironment } from './flags.js';
import type { Session } from './session.js';
import { type OwnSections, readOwnSections } from './settings/own-file.js';

const RETENTION = 'RETENTION';
const CLEANUP = 'CLEANUP';

const percent = custom<number>({
  parse: async (text) => {
    if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
    throw new UsageError(`expected a number of percents, found ${text}`, {
      where: '--max-percent',
      next: 'write it without a sign: --max-percent 80',
    });
  },
});

const count = (description: string) => integer({ helpGroup: RETENTION, helpValue: 'N', description });

const retentionFlags = {
  'keep-last': count('Keep the N newest snapshots of each job that restore.'),
  'keep-within': string({
    helpGroup: RETENTION,
    helpValue: '7d',
    description: 'Keep what is this close to the newest snapshot of its job that restores.',
  }),
  'keep-hourly': count('Keep the newest snapshot of each of N hours (UTC).'),
  'keep-daily': count('Keep the newest snapshot of each of N days (UTC).'),
  'keep-weekly': count('Keep the newest snapshot of each of N weeks (UTC, from Monday).'),
  'keep-monthly': count('Keep the newest snapshot of each of N months (UTC).'),
  'max-bytes': string({
    helpGroup: RETENTION,
    helpValue: '500GiB',
    description: 'Keep the newest snapshots of each job that fit together; a shared file counts once.',
  }),
  pin: string({
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: RETENTION,
    helpValue: 'SNAPSHOT',
    description: 'A snapshot that stays whatever the rules say. Repeatable.',
  }),
  savepoints: boolean({
    helpGroup: RETENTION,
    description: 'Apply the rules to savepoints too; else one goes only where its own path is given.',
  }),
  'unsafe-allow-remove-all': boolean({
    helpGroup: RETENTION,
    description: 'Let the rules remove all snapshots of a job of which none restores.',
  }),
};

/** What the user allows that else no rule does. */
const allowances = {
  'unknown-jobs': boolean({
    helpGroup: CLEANUP,
    description:
      'Let unneeded files go also where nothing is known of their job, under the strictest conditions.',
  }),
  'no-write-ahead-sinks': boolean({
    helpGroup: CLEANUP,
    description: 'Your word that no sink of these jobs keeps a write-ahead log in taskowned/.',
  }),
};

const garbageFlags = {
  orphans: boolean({
    allowNo: true,
    helpGroup: CLEANUP,
    description: 'Whether files go that no snapshot references; they do where not said otherwise.',
  }),
  'min-age': string({
    helpGroup: CLEANUP,
    helpValue: '7d',
    description:
      'Nothing younger goes; 7d where not given. Never less than what the state of a job makes safe.',
  }),
  ...allowances,
  quarantine: string({
    helpGroup: CLEANUP,
    helpValue: 'LOCATION',
    exclusive: ['no-quarantine'],
    description:
      'Put files aside by copying them below LOCATION, in the same store; where not given in .ckpt-trash below each location, or under markers of a versioned bucket, without copies.',
  }),
  'no-quarantine': boolean({
    helpGroup: CLEANUP,
    description: 'Remove files for good instead of putting them aside.',
  }),
  'max-delete': integer({
    helpGroup: CLEANUP,
    helpValue: 'N',
    description: 'Refuse to delete more files than this.',
  }),
  'max-bytes-deleted': string({
    helpGroup: CLEANUP,
    helpValue: '1TiB',
    description: 'Refuse to delete more than this.',
  }),
  'max-percent': percent({
    helpGroup: CLEANUP,
    helpValue: 'P',
    description: 'Refuse to delete more than this percentage of the files of a job; 50 where not given.',
  }),
};

/** Flags of the commands that plan. */
export const cleanupFlags = fromEnvironment({ ...retentionFlags, ...garbageFlags });

/** Flags of the commands that judge files without planning anything. */
export const safetyFlags = fromEnvironment({
  'min-age': custom<number>({
    parse: async (text) => parseDuration(text),
    helpGroup: CLEANUP,
    helpValue: '7d',
    description:
      'Nothing younger counts as deletable. Without evidence that a job has ended never less than 7d.',
  })(),
  ...allowances,
});

/** What the flags of {@link safetyFlags} come to. */
export function safetyPolicy(flags: {
  readonly 'min-age': number | undefined;
  readonly 'unknown-jobs': boolean;
  readonly 'no-write-ahead-sinks': boolean;
}): SafetyPolicy {
  return {
    minAgeMs: flags['min-age'] ?? DEFAULT_POLICY.minAgeMs,
    unknownJobs: flags['unknown-jobs'],
    noWriteAheadSinks: flags['no-write-ahead-sinks'],
  };
}

/** Words as they were given: those of ckpt.yaml by section, not checked yet, and those of the command line. */
export interface GivenWords {
  readonly sections: OwnSections;
  readonly flags: PolicyWords;
}

/** What a plan is asked for by the flags of the commands that plan. */
export async function cleanupRequest(
  locations: readonly string[] | undefined,
  flags: Readonly<Record<string, unknown>> &
    EvidenceFlags & { readonly rewrite?: readonly Rewrite[] | undefined },
  session: Session,
) {
  return {
    locations: session.locateAll(locations),
    sources: evidenceSources(flags, session),
    rewrites: flags.rewrite ?? [],
    given: await givenWords(flags, session.workingDirectory),
    locate: session.locate,
  };
}

/** Reads ckpt.yaml in `workingDirectory`, and picks the flags of {@link cleanupFlags} that were given. */
async function givenWords(
  flags: Readonly<Record<string, unknown>>,
  workingDirectory: string,
): Promise<GivenWords> {
  const file = child(parseLocation(workingDirectory, '/'), 'ckpt.yaml');
  const given = Object.keys(cleanupFlags).flatMap((name) =>
    flags[name] === undefined ? [] : [name === 'no-quarantine' ? ['quarantine', false] : [name, flags[name]]],
  );
  return { sections: await readOwnSections(file, localReader()), flags: Object.fromEntries(given) };
}
