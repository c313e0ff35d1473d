import { boolean } from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.js';
import { clusterFlags, jobArgument, savepointFlags, savepointWish } from '../cli/control-flags.js';
import { describe } from '../cli/exit-codes.js';
import { fromEnvironment } from '../cli/flags.js';

export default class Stop extends BaseCommand {
  static override summary = 'Stop a running job with a savepoint.';
  static override exitCodes = [4, 6] as const;
  static override description = describe(
    'What the job wrote up to the savepoint is committed. Waits until the job has ended; where the savepoint is goes to ' +
      'stdout, as the cluster writes it. Where it does not become complete the job goes on; with --drain it restarts.',
    Stop.exitCodes,
  );
  static override examples = [
    '<%= config.bin %> stop --rest http://localhost:8081 -p ./savepoints',
    'flink run -s "$(<%= config.bin %> stop 6f3a --rest http://jobmanager:8081 -p s3://bucket/savepoints)" new.jar',
  ];
  static override args = jobArgument;
  static override flags = {
    ...clusterFlags,
    ...savepointFlags,
    ...fromEnvironment({
      drain: boolean({
        char: 'd',
        description:
          'Send the last watermark before: windows and timers fire. Not for a job that is to go on.',
      }),
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Stop);
    const session = this.openSession(flags);
    const { stopJob } = await import('../usecases/control-jobs.js');
    const wish = { ...savepointWish(flags, session), drain: flags.drain };
    const taken = await stopJob({ rest: flags.rest, job: args.job }, wish, session.clock);
    const { visible } = await import('../render/text.js');
    await this.show(flags, { document: () => taken, text: () => `${visible(taken.path)}\n` });
  }
}
