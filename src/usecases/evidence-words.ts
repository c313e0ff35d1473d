// Where evidence comes from, as the words of a plan: whoever carries it out asks the same sources again, and looks up
// references where they were looked up when it was made.
import type { EvidenceSources } from '../model/evidence.js';
import { formatLocation, type Location, parseUri } from '../model/location.js';
import type { PolicyWords } from '../model/plan.js';
import { formatRewrite, parseRewrite, type Rewrite } from '../model/rewrite.js';
import { RefusalError } from '../support/errors.js';

export interface Asked {
  readonly sources: EvidenceSources;
  readonly rewrites: readonly Rewrite[];
}

/** The words of both, without those that nothing was given for. */
export function wordsOf({ sources, rewrites }: Asked): PolicyWords {
  const { rest, haDirectories, word } = sources;
  const lists = {
    rest: rest.map(({ href }) => href),
    'ha-dir': haDirectories.map(formatLocation),
    'job-stopped': word.jobs,
    stopped: word.locations.map(formatLocation),
    rewrite: rewrites.map(formatRewrite),
  };
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
}

/** What {@link wordsOf} was given. Throws a RefusalError for words that it never writes. */
export function askedBy(words: PolicyWords): Asked {
  const { rest = [], 'ha-dir': haDirs = [], 'job-stopped': jobs = [], stopped = [], rewrite = [] } = words;
  return {
    sources: {
      rest: texts(rest).map((url) => new URL(url)),
      haDirectories: texts(haDirs).map(locate),
      word: { jobs: texts(jobs), locations: texts(stopped).map(locate) },
    },
    rewrites: texts(rewrite).map((text) => parseRewrite(text, '/')),
  };
}

function texts(value: PolicyWords[string]): readonly string[] {
  if (Array.isArray(value)) return value;
  throw unusable(String(value));
}

function locate(text: string): Location {
  const location = parseUri(text);
  if (location === null) throw unusable(text);
  return location;
}

function unusable(text: string): RefusalError {
  return new RefusalError('plan-unreadable', `the plan names evidence that cannot be asked: ${text}`, {
    next: 'make a new one with ckpt plan; nothing was changed',
  });
}
