// The flags with which users name evidence about jobs, and what they come to.
import { custom, string } from '@oclif/core/flags';
import type { EvidenceSources } from '../model/evidence.js';
import { UsageError } from '../support/errors.js';
import { fromEnvironment } from './flags.js';
import type { Session } from './session.js';

const EVIDENCE = 'EVIDENCE';
const JOB_ID = /^[0-9a-f]{32}$/;

/** Flags of every command that judges whether files may go. */
export const evidenceFlags = fromEnvironment({
  rest: custom<URL>({
    parse: async (text) => parseRestUrl(text),
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: EVIDENCE,
    helpValue: 'URL',
    description: 'The REST API of a Flink cluster that may run jobs here. Repeatable. It must answer.',
  })(),
  'ha-dir': string({
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: EVIDENCE,
    helpValue: 'LOCATION',
    description:
      'The high-availability storage directory of a cluster: what its checkpoints name stays. Repeatable.',
  }),
  'job-stopped': custom<string>({
    parse: async (text) => parseJobId(text),
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: EVIDENCE,
    helpValue: 'JOBID',
    description: 'Your word that this job has ended and will not come back. Repeatable.',
  })(),
  stopped: string({
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: EVIDENCE,
    helpValue: 'LOCATION',
    description: 'Your word that no job writes here any more, for directories without job ids. Repeatable.',
  }),
});

/** What the flags of {@link evidenceFlags} come to. */
export interface EvidenceFlags {
  readonly rest: readonly URL[] | undefined;
  readonly 'ha-dir': readonly string[] | undefined;
  readonly 'job-stopped': readonly string[] | undefined;
  readonly stopped: readonly string[] | undefined;
}

/** The sources that the user named. */
export function evidenceSources(flags: EvidenceFlags, { locate }: Pick<Session, 'locate'>): EvidenceSources {
  return {
    rest: flags.rest ?? [],
    haDirectories: (flags['ha-dir'] ?? []).map(locate),
    word: { jobs: flags['job-stopped'] ?? [], locations: (flags.stopped ?? []).map(locate) },
  };
}

/** Throws a UsageError where it is none. */
export function parseRestUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new UsageError(`${text} is no URL of a REST API`, {
    where: '--rest',
    next: 'write it with its scheme: http://jobmanager:8081',
  });
}

function parseJobId(text: string): string {
  const id = text.toLowerCase();
  if (JOB_ID.test(id)) return id;
  throw new UsageError(`${text} is no job id`, {
    where: '--job-stopped',
    next: 'a job id has 32 hex digits; where directories tell none, say --stopped LOCATION',
  });
}
