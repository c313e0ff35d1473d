// The flags and the argument of commands that tell a running job what to do.
import { string } from '@oclif/core/args';
import { custom, option, string as text } from '@oclif/core/flags';
import { formatLocation } from '../model/location.js';
import { parseRestUrl } from './evidence-flags.js';
import { fromEnvironment } from './flags.js';
import type { Session } from './session.js';

export const jobArgument = {
  job: string({
    ignoreStdin: true,
    description: 'Id of the job, or the beginning of it; the only one that runs where not given.',
  }),
};

export const clusterFlags = fromEnvironment({
  rest: custom<URL>({
    parse: async (url) => parseRestUrl(url),
    required: true,
    helpValue: 'URL',
    description: 'The REST API: of a JobManager, or of ckpt run --rest.',
  })(),
});

/** Named as Flink names them. */
export const savepointFlags = fromEnvironment({
  savepointPath: text({
    char: 'p',
    helpValue: 'DIR',
    description:
      "The savepoint goes into a new directory below DIR; below the cluster's own where not given.",
  }),
  type: option({
    options: ['canonical', 'native'] as const,
    default: 'canonical' as const,
    description:
      'Canonical savepoints are read by every backend; native ones are written as checkpoints are.',
  })(),
});

/** What the flags of {@link savepointFlags} come to; a relative directory is meant from here. */
export function savepointWish(
  flags: { readonly savepointPath: string | undefined; readonly type: 'canonical' | 'native' },
  { locate }: Pick<Session, 'locate'>,
) {
  const { savepointPath } = flags;
  const directory = savepointPath === undefined ? null : formatLocation(locate(savepointPath));
  return { directory, format: flags.type === 'native' ? 'NATIVE' : 'CANONICAL' } as const;
}
