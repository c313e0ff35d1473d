import { boolean, custom, integer, string } from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.js';
import { describe } from '../cli/exit-codes.js';
import { fromEnvironment, storeFlags } from '../cli/flags.js';
import type { Session } from '../cli/session.js';
import type { ModelSource } from '../usecases/forecast-capacity.js';

const DESCRIPTION = `\
What the checkpoints of a job will take that does not exist yet: size, upload, duration, steady size and peak of the
store, and the interval to choose between overhead and recovery. The job is described by a YAML file, by flags of the
same names, or by a file with flags above it; docs/capacity.md has the words, the formulas and their sources.

Sizes are written as 10GB (powers of 1000) or 10GiB (powers of 1024), rates as 5MB/s, times as 30s, 10m, 7d. What
contradicts itself is refused. Ends with 3 where a checkpoint takes longer than its timeout, so that none completes.`;

const number = custom<number>({ parse: async (text) => (text.trim() === '' ? Number.NaN : Number(text)) });

const JOB = 'JOB';
const STATE = 'STATE';
const ASSUMED = 'ASSUMED';

/** Flags that are words of a model. */
const modelFlags = {
  operators: integer({
    helpGroup: STATE,
    helpValue: 'N',
    min: 1,
    description: 'How many operators are alike.',
  }),
  state: string({ helpGroup: STATE, helpValue: 'SIZE', description: 'State of one operator.' }),
  change: string({ helpGroup: STATE, helpValue: 'RATE', description: 'State that one operator writes.' }),
  metadata: string({ helpGroup: STATE, helpValue: 'SIZE', description: 'Metadata of one operator (1MB).' }),
  interval: string({ helpGroup: JOB, helpValue: 'TIME', description: 'From one checkpoint to the next.' }),
  timeout: string({ helpGroup: JOB, helpValue: 'TIME', description: 'When a checkpoint is given up (10m).' }),
  'min-pause': string({ helpGroup: JOB, helpValue: 'TIME', description: 'Least time between two (0s).' }),
  'max-concurrent': integer({ helpGroup: JOB, helpValue: 'N', description: 'How many at a time (1).' }),
  retained: integer({ helpGroup: JOB, helpValue: 'N', description: 'How many Flink keeps (1).' }),
  lifetime: string({ helpGroup: JOB, helpValue: 'TIME', description: 'How long they are kept besides.' }),
  incremental: boolean({ helpGroup: JOB, allowNo: true, description: 'Incremental checkpoints.' }),
  compression: number({
    helpGroup: ASSUMED,
    helpValue: 'RATIO',
    description: 'Bytes of state for one stored (1).',
  }),
  'write-amplification': number({
    helpGroup: ASSUMED,
    helpValue: 'N',
    description: 'Bytes uploaded for one changed (2).',
  }),
  'space-amplification': number({
    helpGroup: ASSUMED,
    helpValue: 'N',
    description: 'Bytes in tables for one of state (1.1).',
  }),
  bandwidth: string({
    helpGroup: ASSUMED,
    helpValue: 'RATE',
    description: 'Of all tasks together (100MB/s).',
  }),
  alignment: string({
    helpGroup: ASSUMED,
    helpValue: 'TIME',
    description: 'Until barriers are aligned (0s).',
  }),
  ack: string({ helpGroup: ASSUMED, helpValue: 'TIME', description: 'Until all have acknowledged (100ms).' }),
  'failure-every': string({
    helpGroup: ASSUMED,
    helpValue: 'TIME',
    description: 'Mean time between failures (1d).',
  }),
  restart: string({
    helpGroup: ASSUMED,
    helpValue: 'TIME',
    description: 'Until tasks read their state (30s).',
  }),
  'catch-up': number({ helpGroup: ASSUMED, helpValue: 'N', description: 'Times faster than its input (2).' }),
  slowdown: number({
    helpGroup: ASSUMED,
    helpValue: 'SHARE',
    description: 'Throughput lost during a checkpoint (0.1).',
  }),
  stored: string({ helpGroup: ASSUMED, helpValue: 'SIZE', description: 'What lies in the store now (0B).' }),
};

export default class Capacity extends BaseCommand {
  static override summary = 'Tell what the checkpoints of a job will take.';
  static override exitCodes = [3, 6] as const;
  static override description = describe(DESCRIPTION, Capacity.exitCodes);
  static override examples = [
    {
      description: 'Ten operators with 1 GB of state each, a checkpoint each minute',
      command: '<%= config.bin %> capacity --operators 10 --state 1GB --interval 1m',
    },
    {
      description: 'Incrementally, with 5 MB/s of changes in each, kept for a week',
      command:
        '<%= config.bin %> capacity --operators 10 --state 1GB --change 5MB/s --incremental --interval 1m --lifetime 7d',
    },
    {
      description: 'A job described by a file, at another interval',
      command: '<%= config.bin %> capacity --model job.yaml --interval 5m',
    },
  ];
  static override flags = {
    ...fromEnvironment({
      model: string({ helpValue: 'FILE', description: 'A YAML file with the words of the flags.' }),
      ...modelFlags,
    }),
    ...storeFlags,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Capacity);
    const session = this.openSession(flags);
    const { forecastCapacity } = await import('../usecases/forecast-capacity.js');
    const { model, forecast } = forecastCapacity({
      file: flags.model === undefined ? null : await readModel(flags.model, session),
      flags: Object.fromEntries(
        Object.keys(modelFlags).flatMap((name) => {
          const value = flags[name as keyof typeof modelFlags];
          return value === undefined ? [] : [[name, value]];
        }),
      ),
    });
    await this.show(flags, {
      document: async () =>
        (await import('../render/capacity-document.js')).capacityDocument(model, forecast),
      text: async (look) => (await import('../render/capacity.js')).renderCapacity(model, forecast, look),
    });
    if (forecast.checkpoint.completes) return;
    session.warn('no checkpoint of this job completes: each takes longer than its timeout');
    this.endWith(3);
  }
}

async function readModel(path: string, session: Session): Promise<NonNullable<ModelSource['file']>> {
  const location = session.locate(path);
  const { parseYaml } = await import('../cli/settings/yaml.js');
  const bytes = await (await session.openReader(location)).read(location);
  return { path, words: await parseYaml(new TextDecoder().decode(bytes), location) };
}
