// What a plan is made by, as one set of words: those of the sections `retention:` and `cleanup:` together. They stand in the
// plan, and whoever carries it out goes by the same ones. Loads zod: import it where a plan is made or carried out.
import { formatLocation } from '../model/location.js';
import type { PolicyWords } from '../model/plan.js';
import { type CleanupPolicy, DEFAULT_CLEANUP, type RetentionPolicy } from '../model/policy.js';
import { formatDuration } from '../support/units.js';
import { cleanupPolicy, cleanupWords, retentionPolicy, type WordsContext } from './policy-words.js';

export interface PlanPolicy {
  readonly retention: RetentionPolicy;
  readonly cleanup: CleanupPolicy;
  /** What a plan says of it: complete where a default could change, and without relative paths. */
  readonly words: PolicyWords;
}

/** The say on whole jobs. It has no place in a file: it is given for one run. */
export const REMOVE_ALL = 'unsafe-allow-remove-all';

/** Reads words of both sections together; throws a UsageError as their readers do. */
export function planPolicy(words: PolicyWords, context: WordsContext): PlanPolicy {
  const { [REMOVE_ALL]: removeAll = false, ...policyWords } = words;
  const isCleanup = (name: string) => Object.hasOwn(cleanupWords.shape, name);
  const retention = retentionPolicy(
    pick(policyWords, (name) => !isCleanup(name)),
    context,
  );
  const cleanup = cleanupPolicy(pick(policyWords, isCleanup), context);
  return {
    retention: { ...retention, wholeJobs: removeAll === true ? 'allow' : 'refuse' },
    cleanup,
    words: {
      ...DEFAULT_WORDS,
      ...words,
      ...(retention.pins.length > 0 && { pin: retention.pins.map(formatLocation) }),
      ...(cleanup.copiesTo !== null && { quarantine: formatLocation(cleanup.copiesTo) }),
    },
  };
}

/** Words as a user gave them: in the sections of a file, and as flags, which go before them. */
export interface GivenPolicy {
  readonly sections: {
    readonly retention: unknown;
    readonly cleanup: unknown;
    readonly where: string;
  };
  readonly flags: PolicyWords;
}

/** What counts of them. A pin of the file stays beside those of the flags. Throws a UsageError that says where. */
export function givenPolicy({ sections, flags }: GivenPolicy, locate: WordsContext['locate']): PlanPolicy {
  const inFile = (section: string): WordsContext => ({
    placeOf: (path) => `${[section, ...path].join('.')} in ${sections.where}`,
    locate,
  });
  retentionPolicy(sections.retention, inFile('retention'));
  cleanupPolicy(sections.cleanup, inFile('cleanup'));
  const file = { ...(sections.retention as PolicyWords), ...(sections.cleanup as PolicyWords) };
  const pins = [file.pin ?? [], flags.pin ?? []].flat() as readonly string[];
  const words = { ...file, ...flags, ...(pins.length > 0 && { pin: pins }) };
  return planPolicy(words, { placeOf: (path) => `--${path.join('.')}`, locate });
}

const DEFAULT_WORDS: PolicyWords = {
  orphans: DEFAULT_CLEANUP.orphans,
  'min-age': formatDuration(DEFAULT_CLEANUP.minAgeMs),
  'max-percent': DEFAULT_CLEANUP.maxPercent,
  quarantine: DEFAULT_CLEANUP.quarantine,
};

function pick(words: PolicyWords, isWanted: (name: string) => boolean): PolicyWords {
  return Object.fromEntries(Object.entries(words).filter(([name]) => isWanted(name)));
}
