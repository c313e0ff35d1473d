import { string as stringArg } from '@oclif/core/args';
import { boolean, custom, integer, option, string } from '@oclif/core/flags';
import { BaseCommand, type GlobalFlags } from '../cli/base-command.js';
import { describe } from '../cli/exit-codes.js';
import { fromEnvironment, storeFlags } from '../cli/flags.js';
import { hostJob } from '../cli/hosted-job.js';
import { LineOutput } from '../cli/line-output.js';
import { openLiveView } from '../cli/live-view.js';
import { openRemovers } from '../cli/removers.js';
import { restAddress } from '../cli/rest-flags.js';
import type { Session } from '../cli/session.js';
import { paletteFor } from '../cli/terminal.js';
import type { RunReport } from '../model/run-report.js';
import { UsageError } from '../support/errors.js';
import { systemEventLoop } from '../support/event-loop.js';
import { systemRandom } from '../support/random.js';
import type { RunRequest } from '../usecases/run-job.js';

type RunFlags = GlobalFlags & { readonly live: boolean };
type ClaimMode = RunRequest['claimMode'];

/** Ours, and as Flink writes them. */
const CLAIM_MODES = ['no-claim', 'claim', 'NO_CLAIM', 'CLAIM'];

const claimMode = custom<ClaimMode>({
  parse: async (text) => text.toLowerCase().replace('_', '-') as ClaimMode,
});

const KEEP_OR_DELETE = ['retain', 'delete'] as const;

const failAt = custom<number>({
  parse: async (text) => {
    const id = /^checkpoint:([1-9]\d{0,14})$/.exec(text)?.[1];
    if (id !== undefined) return Number(id);
    throw new UsageError(`expected checkpoint:N, found ${text}`, {
      where: '--fail-at',
      next: 'write it as --fail-at checkpoint:3',
    });
  },
});

export default class Run extends BaseCommand {
  static override summary = 'Run a job on the bundled engine and take checkpoints of it.';
  static override exitCodes = [3, 6] as const;
  static override description = describe(
    "The default export of JOB builds the program, (env, args) => void, with what it imports from 'ckpt'. What the job " +
      'prints goes to stdout (with --json to stderr), what happens to stderr. Checkpoints are retained when the job ends, ' +
      'also when it finishes, where Flink deletes them. Ctrl-C stops the job, a second one ends the process at once; a job ' +
      'whose code never gives the thread back can only be killed (SIGKILL).',
    [3, 6],
  );
  static override examples = [
    '<%= config.bin %> <%= command.id %> example:counter',
    '<%= config.bin %> <%= command.id %> job.ts -p 2 --checkpoint-dir ./checkpoints --interval 10s',
    '<%= config.bin %> <%= command.id %> job.ts --checkpoint-dir ./checkpoints -s ./checkpoints/<job>/chk-7',
    '<%= config.bin %> <%= command.id %> job.ts --checkpoint-dir ./checkpoints --rest 8081',
  ];
  static override usage = '<%= command.id %> JOB [ARGUMENT...] [FLAGS]';
  static override strict = false;
  static override args = {
    job: stringArg({
      required: true,
      ignoreStdin: true,
      description:
        'A .ts, .mts, .js or .mjs module, or example:counter, example:fraud-rules, example:page-views, example:word-count. ' +
        'Words after it are handed to the job; after --, words that look like flags too.',
    }),
  };
  static override flags = {
    ...fromEnvironment({
      parallelism: integer({
        char: 'p',
        min: 1,
        helpValue: 'N',
        description: 'Subtasks of each operator that says no number itself; 1 where not given.',
      }),
      fromSavepoint: string({
        char: 's',
        helpValue: 'SNAPSHOT',
        description: 'Go on from this checkpoint or savepoint.',
      }),
      'claim-mode': claimMode({
        aliases: ['claimMode', 'restoreMode'],
        default: 'no-claim' as const,
        options: CLAIM_MODES,
        description: "With claim the snapshot is the job's own: deleted when newer checkpoints replace it.",
      }),
      allowNonRestoredState: boolean({
        char: 'n',
        description: 'Leave behind the state of operators that the job does not have.',
      }),
      property: string({
        char: 'D',
        multiple: true,
        multipleNonGreedy: true,
        helpValue: 'KEY=VALUE',
        description: 'An option by its Flink key: execution.checkpointing.timeout=1min. Repeatable.',
      }),
      'checkpoint-dir': string({
        helpValue: 'DIR',
        description: 'Where checkpoints are written; without it none are taken.',
      }),
      interval: string({
        helpValue: 'DURATION',
        description: 'Time between checkpoints; 10s where not given.',
      }),
      mode: option({
        options: ['exactly-once', 'at-least-once'] as const,
        description: 'Whether barriers are aligned; exactly-once where not given.',
      })(),
      backend: option({
        options: ['hashmap', 'memory', 'rocksdb'] as const,
        description:
          'Where state is: in memory, in memory and all of it in _metadata, or in RocksDB; hashmap where not given.',
      })(),
      incremental: boolean({
        description: 'Checkpoints of RocksDB refer to files of earlier ones instead of writing all anew.',
      }),
      unaligned: boolean({
        description:
          'Barriers overtake records, which become part of the checkpoint: it is fast under back-pressure, and larger.',
      }),
      retain: integer({
        min: 1,
        helpValue: 'N',
        description: 'How many checkpoints are kept; 1 where not given.',
      }),
      'on-cancel': option({
        options: KEEP_OR_DELETE,
        description: 'What becomes of the checkpoints of a cancelled job; retain where not given.',
      })(),
      'on-finish': option({
        options: KEEP_OR_DELETE,
        default: 'retain' as const,
        description: 'What becomes of the checkpoints of a finished job. Flink deletes them.',
      })(),
      'format-version': integer({
        min: 3,
        max: 6,
        helpValue: '3..6',
        description:
          'Version of _metadata; Flink reads 3 from 1.15 on, 4 from 1.16, 5 from 2.0, 6 from 2.1. 6 where not given.',
      }),
      'fail-after': integer({
        min: 1,
        helpValue: 'N',
        description: 'Fail once, at the N-th record of a source, to see a recovery.',
      }),
      'fail-at': failAt({
        helpValue: 'checkpoint:N',
        description: 'Fail once, when checkpoint N is complete.',
      }),
      'stop-after-checkpoints': integer({
        min: 1,
        helpValue: 'N',
        description: 'Stop the job when N checkpoints are complete.',
      }),
      'stop-with-savepoint': string({
        helpValue: 'DIR',
        description:
          'Stop, at Ctrl-C too, with a savepoint in a new directory below DIR; cancel where not given.',
      }),
      live: boolean({
        description: 'On a terminal, show rates, back-pressure and checkpoints below what the job prints.',
      }),
      'savepoint-format': option({
        options: ['canonical', 'native'] as const,
        default: 'canonical' as const,
        description:
          'Canonical savepoints are read by every backend; native ones are written as checkpoints are.',
      })(),
    }),
    // CKPT_REST is the URL of a cluster, for the commands that ask one.
    rest: restAddress({
      helpValue: '[HOST:]PORT',
      description:
        "Serve a web page, Flink's REST API, and metrics for Prometheus at /metrics, at this port (0: any that is free) of this " +
        'machine alone, or of HOST: whoever reaches it can stop the job.',
    }),
    ...storeFlags,
  };

  async run(): Promise<void> {
    const { args, flags, raw } = await this.parse(Run);
    const session = this.openSession(flags);
    const signal = session.interrupt();
    const words = raw.filter((token) => token.type === 'arg').map((token) => token.input);
    const { propertiesOf } = await import('../usecases/run-settings.js');
    const { escapedError } = await import('../usecases/run-outcome.js');
    const request: RunRequest = {
      job: args.job,
      args: words.slice(1),
      properties: propertiesOf({ ...flags, properties: flags.property, onCancel: flags['on-cancel'] }),
      checkpointDirectory: located(session, flags['checkpoint-dir']),
      snapshot: located(session, flags.fromSavepoint),
      claimMode: flags['claim-mode'],
      allowNonRestoredState: flags.allowNonRestoredState,
      formatVersion: flags['format-version'] as RunRequest['formatVersion'],
      onFinish: flags['on-finish'],
      failAfterRecords: flags['fail-after'],
      failAtCheckpoint: flags['fail-at'],
      stopAfterCheckpoints: flags['stop-after-checkpoints'],
      stopSavepoint: stopSavepoint(session, flags),
      rest: flags.rest ?? null,
    };
    const explain = (thrown: unknown) => escapedError(args.job, thrown);
    const work = () => execute(session, flags, request);
    await hostJob({ name: args.job, signal, explain, isStdoutTaken: flags.json }, work, async (report) => {
      const { renderRunReport, runDocument } = await import('../render/run.js');
      session.note(renderRunReport(report, await paletteFor('stderr')));
      await this.show(flags, { document: () => runDocument(report), text: () => '' });
    });
    // The process ends also where the job left a timer or a connection behind.
    this.exit(signal.aborted ? 130 : 0);
  }
}

function stopSavepoint(
  session: Session,
  flags: {
    readonly 'stop-with-savepoint': string | undefined;
    readonly 'savepoint-format': 'canonical' | 'native';
  },
): RunRequest['stopSavepoint'] {
  const parent = located(session, flags['stop-with-savepoint']);
  const format = flags['savepoint-format'] === 'native' ? 'NATIVE' : 'CANONICAL';
  return parent === null ? null : { parent, format };
}

function located(session: Session, text: string | undefined) {
  return text === undefined ? null : session.locate(text);
}

/** Runs the job, with its lines on stdout and its events on stderr. */
async function execute(session: Session, flags: RunFlags, request: RunRequest): Promise<RunReport> {
  const [{ runJob }, { renderJobEvent }, palette, view] = await Promise.all([
    import('../usecases/run-job.js'),
    import('../render/run.js'),
    paletteFor('stderr'),
    openLiveView(session, flags),
  ]);
  const readerGone = new AbortController();
  const stream = flags.json ? process.stderr : process.stdout;
  stream.once('error', () => readerGone.abort());
  const output = new LineOutput((text) => view.aside(() => stream.write(text)), systemEventLoop);
  try {
    return await runJob(request, {
      ...session,
      openRemover: await openRemovers(session),
      random: systemRandom,
      eventLoop: systemEventLoop,
      signal: AbortSignal.any([session.interrupt(), readerGone.signal]),
      output: (line) => output.line(line),
      onStart: (look) => view.start(look),
      onEvent: (event) => {
        const line = renderJobEvent(event, palette);
        if (line !== null) view.aside(() => session.note(line));
      },
    });
  } finally {
    output.flush();
    view.end();
  }
}
