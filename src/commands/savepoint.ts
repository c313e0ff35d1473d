import { BaseCommand } from '../cli/base-command.js';
import { clusterFlags, jobArgument, savepointFlags, savepointWish } from '../cli/control-flags.js';
import { describe } from '../cli/exit-codes.js';

export default class Savepoint extends BaseCommand {
  static override summary = 'Take a savepoint of a running job, which goes on.';
  static override exitCodes = [4, 6] as const;
  static override description = describe(
    'Waits until the savepoint is complete; where it is goes to stdout, as the cluster writes it. Nothing ever deletes it ' +
      'but you.',
    Savepoint.exitCodes,
  );
  static override examples = [
    '<%= config.bin %> savepoint --rest http://localhost:8081 -p ./savepoints',
    '<%= config.bin %> savepoint 6f3a --rest http://jobmanager:8081 -p s3://bucket/savepoints --type native',
  ];
  static override args = jobArgument;
  static override flags = { ...clusterFlags, ...savepointFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Savepoint);
    const session = this.openSession(flags);
    const { takeSavepoint } = await import('../usecases/control-jobs.js');
    const wish = savepointWish(flags, session);
    const taken = await takeSavepoint({ rest: flags.rest, job: args.job }, wish, session.clock);
    const { visible } = await import('../render/text.js');
    await this.show(flags, { document: () => taken, text: () => `${visible(taken.path)}\n` });
  }
}
