import { string as argument } from '@oclif/core/args';
import { boolean, string } from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.js';
import { describe } from '../cli/exit-codes.js';
import { fromEnvironment, storageFlags } from '../cli/flags.js';
import { measuredFlags, measuredQuestions } from '../cli/measured-flags.js';
import { modelFlags } from '../cli/model-flags.js';
import { statusAfter, warnOf } from '../cli/problems.js';
import type { Session } from '../cli/session.js';
import { readWordsFile } from '../cli/words-file.js';
import type { JobModel } from '../model/capacity.js';
import type { Rewrite } from '../model/rewrite.js';
import type { Simulation } from '../model/simulation.js';
import { UsageError } from '../support/errors.js';
import { systemEventLoop } from '../support/event-loop.js';
import { systemRandom } from '../support/random.js';
import type { Fit } from '../usecases/fit-capacity.js';

const DESCRIPTION = `\
What checkpoints take. Of a LOCATION it is measured: size, growth, what each byte is for, how large the files are, what
the store comes to, when a quota is full, and what a month costs at the prices of a file.

Without a LOCATION it is modelled for a job that does not exist yet: size, upload, duration, steady size and peak of the
store, and the interval to choose between overhead and recovery. The job is described by a YAML file, by flags of the
same names, or by a file with flags above it. docs/capacity.md has the words, the formulas and their sources.

Sizes are written as 10GB (powers of 1000) or 10GiB (powers of 1024), rates as 5MB/s, times as 30s, 10m, 7d. What
contradicts itself is refused. Ends with 3 where a quota is full already, and where a modelled checkpoint takes longer
than its timeout.`;

export default class Capacity extends BaseCommand {
  static override summary = 'Tell what the checkpoints of a job will take.';
  static override exitCodes = [3, 6] as const;
  static override description = describe(DESCRIPTION, Capacity.exitCodes);
  static override examples = [
    {
      description: 'How checkpoints grow, and when 10 TiB are full',
      command: '<%= config.bin %> capacity s3://bucket/checkpoints --quota 10TiB',
    },
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
      description: 'A job that runs, if it took a checkpoint every ten minutes',
      command: '<%= config.bin %> capacity --fit s3://bucket/checkpoints/JOB --interval 10m',
    },
    {
      description: 'A model, and what the bundled engine measures of a small job of its shape',
      command:
        '<%= config.bin %> capacity --state 1GB --change 5MB/s --incremental --interval 1m --retained 3 --simulate',
    },
    {
      description: 'A job described by a file, at another interval',
      command: '<%= config.bin %> capacity --model job.yaml --interval 5m',
    },
  ];
  static override args = {
    location: argument({
      multiple: true,
      ignoreStdin: true,
      description: 'Where to measure; the checkpoint directory of the settings where nothing is modelled.',
    }),
  };
  static override flags = {
    ...fromEnvironment({
      ...measuredFlags,
      model: string({ helpValue: 'FILE', description: 'A YAML file with the words of the flags.' }),
      ...modelFlags,
      fit: string({
        helpValue: 'LOCATION',
        description: 'Take the model from the checkpoints of a job; flags count more.',
        exclusive: ['model'],
      }),
      simulate: boolean({
        description: 'Run a small job of this shape on the bundled engine, and compare.',
      }),
    }),
    ...storageFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Capacity);
    const session = this.openSession(flags);
    const { location: locations = [] } = args;
    const words = givenOf(flags, ['model', ...Object.keys(modelFlags)]);
    const modelled =
      flags.simulate || flags.fit !== undefined || Object.keys(words).some((name) => name !== 'bandwidth');
    const preset = this.settings['checkpoint-dir'].value !== null;
    if (modelled || (locations.length === 0 && !preset)) {
      refuseBoth(
        locations,
        { ...words, ...givenOf(flags, ['fit', 'simulate']) },
        givenOf(flags, Object.keys(measuredFlags)),
      );
      return this.#model(words, flags, session);
    }
    return this.#measure(locations, flags, session);
  }

  async #measure(locations: readonly string[], flags: MeasureFlags, session: Session): Promise<void> {
    const { measureCapacity } = await import('../usecases/measure-capacity.js');
    const capacity = await measureCapacity(session.locateAll(locations), {
      openReader: session.openReader,
      rewrites: flags.rewrite ?? [],
      concurrency: flags.concurrency,
      ...(await measuredQuestions(flags, session)),
    });
    await this.show(flags, {
      document: async () =>
        (await import('../render/measured-capacity-document.js')).measuredCapacityDocument(capacity),
      text: async (look) =>
        (await import('../render/measured-capacity.js')).renderMeasuredCapacity(capacity, look),
    });
    warnOf(capacity.problems, session.warn);
    this.endWith(capacity.quota?.verdict === 'full' ? 3 : statusAfter(capacity.problems));
  }

  async #model(
    { model: _, ...words }: Readonly<Record<string, unknown>>,
    flags: ModelledFlags,
    session: Session,
  ): Promise<void> {
    const { forecastCapacity } = await import('../usecases/forecast-capacity.js');
    const fit = flags.fit === undefined ? null : await this.#fit(flags.fit, flags, session);
    const file =
      fit && flags.fit !== undefined
        ? { path: flags.fit, words: fit.words }
        : await readWordsFile(flags.model, session);
    const { model, forecast } = forecastCapacity({ file, flags: words });
    const simulation = flags.simulate ? await simulate(model, session) : null;
    await this.show(flags, {
      document: async () => ({
        ...(await import('../render/capacity-document.js')).capacityDocument(model, forecast),
        ...(fit && { fit: (await import('../render/fit.js')).fitDocument(fit) }),
        ...(simulation && {
          simulation: (await import('../render/simulation.js')).simulationDocument(simulation),
        }),
      }),
      text: async (look) => [
        (await import('../render/capacity.js')).renderCapacity(model, forecast, look),
        fit ? (await import('../render/fit.js')).renderFit(fit, look) : '',
        simulation ? (await import('../render/simulation.js')).renderSimulation(simulation, look) : '',
      ],
    });
    if (forecast.checkpoint.completes) return;
    session.warn('no checkpoint of this job completes: each takes longer than its timeout');
    this.endWith(3);
  }

  async #fit(location: string, flags: ModelledFlags, session: Session): Promise<Fit> {
    const { fitCapacity } = await import('../usecases/fit-capacity.js');
    return fitCapacity(session.locate(location), {
      openReader: session.openReader,
      rewrites: flags.rewrite ?? [],
      concurrency: flags.concurrency,
    });
  }
}

/** In memory: nothing is written anywhere but RocksDB's own files, for as long as it runs. */
async function simulate(model: JobModel, { clock }: Session): Promise<Simulation> {
  const { simulateCapacity } = await import('../usecases/simulate-capacity.js');
  return simulateCapacity(model, { clock, random: systemRandom, eventLoop: systemEventLoop });
}

interface ModelledFlags {
  readonly json: boolean;
  readonly rewrite: readonly Rewrite[] | undefined;
  readonly concurrency: number;
  readonly fit: string | undefined;
  readonly simulate: boolean;
  readonly model: string | undefined;
}

interface MeasureFlags {
  readonly json: boolean;
  readonly rewrite: readonly Rewrite[] | undefined;
  readonly concurrency: number;
  readonly quota: string | undefined;
  readonly prices: string | undefined;
  readonly bandwidth: string | undefined;
  readonly states: boolean;
}

function givenOf(
  flags: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    names.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]])),
  );
}

/** A job is modelled, or what is there is measured. */
function refuseBoth(locations: readonly string[], words: object, measured: object): void {
  const [word] = Object.keys(words);
  const [other] = Object.keys(measured);
  if (locations.length > 0)
    throw new UsageError(
      `--${word} describes a job that does not exist yet, and ${locations[0]} one that does`,
      {
        where: `--${word}`,
        next: 'leave out one of them',
      },
    );
  if (other !== undefined)
    throw new UsageError(`--${other} is for what is measured, and no LOCATION is given`, {
      where: `--${other}`,
      next: 'give a LOCATION, and nothing that describes a job',
    });
}
