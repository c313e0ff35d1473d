import { string } from '@oclif/core/args';
import { boolean, string as text } from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.js';
import { describe } from '../cli/exit-codes.js';
import { fromEnvironment, storageFlags } from '../cli/flags.js';
import { warnOf } from '../cli/problems.js';
import { FindingError } from '../support/errors.js';

const DESCRIPTION = `\
The newest checkpoint or savepoint of a job of which every file is there with the right size. Its absolute URI is all
that goes to stdout; what is newer and would not restore is named on stderr, with the reason.

LOCATION is a job's directory, or any directory above. Where it holds snapshots of several jobs, one has to be chosen:
the state of another job restores without a complaint. Jobs that took each other's files over (a restore with
--claim-mode claim) count as one; other restarts leave no trace that would join them.

Where a newer snapshot could not be looked at, no older one is given in its place.`;

export default class Latest extends BaseCommand {
  static override summary = 'Print the newest snapshot that would restore.';
  static override exitCodes = [3, 6] as const;
  static override description = describe(DESCRIPTION, Latest.exitCodes);
  static override examples = [
    {
      description: 'Start a job from its newest snapshot',
      command: 'flink run -s "$(<%= config.bin %> latest s3://bucket/checkpoints/JOB)" job.jar',
    },
    {
      description: 'Choose one of several jobs by the beginning of its id',
      command: '<%= config.bin %> latest /var/flink/checkpoints --job 6f3a',
    },
    {
      description: 'A directory that only one job ever wrote to, restarted many times',
      command: '<%= config.bin %> latest /var/flink/checkpoints --restarts',
    },
  ];
  static override args = {
    location: string({ required: true, ignoreStdin: true, description: 'Where to look.' }),
  };
  static override flags = {
    ...fromEnvironment({
      job: text({
        helpValue: 'ID',
        exclusive: ['restarts'],
        description: 'Only snapshots of this job: its id, or the beginning of it.',
      }),
      restarts: boolean({
        description: 'All jobs here are restarts of one: take the newest of all by time.',
      }),
    }),
    ...storageFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Latest);
    const session = this.openSession(flags);
    const { latestSnapshot } = await import('../usecases/latest-snapshot.js');
    const wanted = { job: flags.job, restarts: flags.restarts };
    const location = session.locate(args.location);
    const { latest, passedOver, problems } = await latestSnapshot(location, wanted, {
      openReader: session.openReader,
      rewrites: flags.rewrite ?? [],
      concurrency: flags.concurrency,
    });
    session.endProgress();
    const { visible } = await import('../render/text.js');
    for (const { path, reason } of passedOver) session.warn(visible(`passed over ${path}: ${reason}`));
    warnOf(problems, session.warn);
    if (latest === null) throw nothingRestorable(args.location, passedOver.length);
    await this.show(flags, { document: () => latest, text: () => `${latest.path}\n` });
  }
}

function nothingRestorable(where: string, passedOver: number): FindingError {
  const message =
    passedOver === 0
      ? `${where} holds no snapshot`
      : `none of the ${passedOver} snapshots at ${where} would restore`;
  return new FindingError('nothing-restorable', message, {
    where,
    next:
      passedOver === 0
        ? 'ckpt list shows what is at a location'
        : 'ckpt verify tells what is missing; for a tree that was moved, say where it was with --rewrite FROM=TO',
  });
}
