import { BaseCommand } from '../cli/base-command.js';
import { clusterFlags, jobArgument } from '../cli/control-flags.js';
import { describe } from '../cli/exit-codes.js';

export default class Cancel extends BaseCommand {
  static override summary = 'Cancel a running job.';
  static override exitCodes = [4, 6] as const;
  static override description = describe(
    'Waits until the job has ended, and prints the state that it ended in. Its checkpoints stay or go by its own ' +
      'configuration (execution.checkpointing.externalized-checkpoint-retention).',
    Cancel.exitCodes,
  );
  static override examples = ['<%= config.bin %> cancel 6f3a --rest http://jobmanager:8081'];
  static override args = jobArgument;
  static override flags = { ...clusterFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Cancel);
    const { clock } = this.openSession(flags);
    const { cancelJob } = await import('../usecases/control-jobs.js');
    const ended = await cancelJob({ rest: flags.rest, job: args.job }, clock);
    const { visible } = await import('../render/text.js');
    await this.show(flags, { document: () => ended, text: () => `${visible(ended.state)}\n` });
  }
}
