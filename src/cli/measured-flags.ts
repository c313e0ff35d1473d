// The flags of what is measured, for the commands that measure, and how they are read.
import { boolean, string } from '@oclif/core/flags';
import { UsageError } from '../support/errors.js';
import { parseRate, parseSize } from '../support/units.js';
import type { Session } from './session.js';
import { readWordsFile, type WordsFile } from './words-file.js';

const MEASURED = 'MEASURED';

export const measuredFlags = {
  quota: string({ helpGroup: MEASURED, helpValue: 'SIZE', description: 'Tell when this much is full.' }),
  prices: string({
    helpGroup: MEASURED,
    helpValue: 'FILE',
    description: 'A YAML file with what storage and requests cost; see docs/capacity.md.',
  }),
  states: boolean({
    helpGroup: MEASURED,
    description:
      'Sizes and growth by the names of states: reads state files, of RocksDB the end of each table.',
  }),
};

/** What is asked besides what is there. */
export interface MeasuredQuestions {
  readonly quotaBytes: number | null;
  readonly prices: WordsFile | null;
  readonly bandwidthBytesPerSecond: number | null;
  readonly withStates: boolean;
}

interface MeasuredFlags {
  readonly quota: string | undefined;
  readonly prices: string | undefined;
  readonly bandwidth: string | undefined;
  readonly states: boolean;
}

/** Throws a UsageError for what is no size or rate, or nothing. */
export async function measuredQuestions(flags: MeasuredFlags, session: Session): Promise<MeasuredQuestions> {
  return {
    quotaBytes: positive('quota', flags.quota, parseSize),
    prices: await readWordsFile(flags.prices, session),
    bandwidthBytesPerSecond: positive('bandwidth', flags.bandwidth, parseRate),
    withStates: flags.states,
  };
}

function positive(name: string, text: string | undefined, parse: (text: string) => number): number | null {
  if (text === undefined) return null;
  const value = parse(text);
  if (value > 0) return value;
  throw new UsageError(`--${name} must be more than nothing`, { where: `--${name}`, next: 'correct it' });
}
