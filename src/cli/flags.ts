// The flags that every command has, and how a flag gets its value from the environment.
import { boolean, custom, integer, string } from '@oclif/core/flags';
import { parseRewrite, type Rewrite } from '../model/rewrite.js';
import { DEFAULT_CONCURRENCY } from './settings/table.js';

/** What is read and changed here of oclif's flag definitions. */
interface FlagDefinition {
  readonly multiple?: boolean;
  readonly parse: (text: string, context: never, options: never) => Promise<unknown>;
  env?: string;
  default?: unknown;
  noCacheDefault?: boolean;
}

/**
 * Lets each flag take its value from `CKPT_<FLAG>` too: `--min-age` from `CKPT_MIN_AGE`. The command line wins.
 * A repeatable flag takes several values separated by commas.
 */
export function fromEnvironment<F extends object>(flags: F): F {
  for (const [name, flag] of Object.entries(flags) as [string, FlagDefinition][]) {
    if (flag.multiple) readListFromEnvironment(flag, environmentName(name));
    else flag.env = environmentName(name);
  }
  return flags;
}

/** `min-age` becomes `CKPT_MIN_AGE`, `fromSavepoint` becomes `CKPT_FROM_SAVEPOINT`. */
export function environmentName(flagName: string): string {
  const words = flagName.replaceAll(/([a-z])([A-Z])/g, '$1_$2').replaceAll('-', '_');
  return `CKPT_${words.toUpperCase()}`;
}

/** oclif gives a repeatable flag its variable's value as one string; a default is the place for a list. */
function readListFromEnvironment(flag: FlagDefinition, variable: string): void {
  flag.noCacheDefault = true;
  flag.default = async () => {
    const value = process.env[variable];
    if (!value) return undefined;
    return Promise.all(value.split(',').map((text) => flag.parse(text, {} as never, {} as never)));
  };
}

const GLOBAL = 'GLOBAL';

/** Flags of every command. */
export const globalFlags = fromEnvironment({
  json: boolean({ helpGroup: GLOBAL, description: 'Print exactly one JSON document to stdout.' }),
  'no-color': boolean({ helpGroup: GLOBAL, description: 'No colours; NO_COLOR does the same.' }),
  'no-progress': boolean({ helpGroup: GLOBAL, description: 'No progress on stderr.' }),
  quiet: boolean({
    char: 'q',
    helpGroup: GLOBAL,
    description: 'Nothing on stderr but warnings and errors.',
  }),
  verbose: boolean({
    char: 'v',
    helpGroup: GLOBAL,
    description: 'More detail, and the stack of an error.',
  }),
});

const STORE = 'STORE';

/** Flags of every command that reaches a store: rows of settings/table.ts, which has their other sources too. */
export const storeFlags = fromEnvironment({
  concurrency: integer({
    helpGroup: STORE,
    helpValue: 'N',
    min: 1,
    max: 1024,
    default: DEFAULT_CONCURRENCY,
    description: 'How many requests to the storage may be under way at once.',
  }),
  's3-endpoint': string({
    helpGroup: STORE,
    helpValue: 'URL',
    description: "The S3 server; Amazon's where not given.",
  }),
  's3-path-style': boolean({
    allowNo: true,
    helpGroup: STORE,
    description: 'The bucket is part of the path (URL/bucket/key), as most servers of one host want it.',
  }),
  's3-region': string({ helpGroup: STORE, helpValue: 'REGION', description: 'The region of the buckets.' }),
  'hdfs-user': string({
    helpGroup: STORE,
    helpValue: 'USER',
    description: 'The user of HDFS; HADOOP_USER_NAME or who you are where not given.',
  }),
  webhdfs: string({
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: STORE,
    helpValue: 'HOST:PORT',
    description: 'The WebHDFS address of a NameNode; of an HA pair, both. Repeatable.',
  }),
  'flink-conf': string({
    helpGroup: STORE,
    helpValue: 'FILE|DIR',
    description:
      "Flink's config.yaml or flink-conf.yaml, for what is not set otherwise: ckpt config shows it.",
  }),
});

/** Flags of every command that reads snapshots; spread them into the command's own. */
export const storageFlags = {
  ...storeFlags,
  ...fromEnvironment({
    rewrite: custom<Rewrite>({
      parse: async (text) => parseRewrite(text, process.cwd()),
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'FROM=TO',
      description:
        'Look up references that start with FROM at TO, for a tree that was moved or is mounted elsewhere. Repeatable.',
    })(),
  }),
};
