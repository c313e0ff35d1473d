import { BaseCommand } from '../cli/base-command.js';
import { clusterFlags, jobArgument } from '../cli/control-flags.js';
import { describe } from '../cli/exit-codes.js';

export default class Trigger extends BaseCommand {
  static override summary = 'Take a checkpoint of a running job now.';
  static override exitCodes = [4, 6] as const;
  static override description = describe(
    'Waits until the checkpoint is complete; where it is goes to stdout, as the cluster writes it. It counts as one of the ' +
      "job's own: it is replaced by newer ones.",
    Trigger.exitCodes,
  );
  static override examples = [
    '<%= config.bin %> trigger --rest http://localhost:8081',
    '<%= config.bin %> trigger 6f3a --rest http://jobmanager:8081',
  ];
  static override args = jobArgument;
  static override flags = { ...clusterFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Trigger);
    const { clock } = this.openSession(flags);
    const { triggerCheckpoint } = await import('../usecases/control-jobs.js');
    const taken = await triggerCheckpoint({ rest: flags.rest, job: args.job }, clock);
    const { takenDocument } = await import('../render/jobs.js');
    const { visible } = await import('../render/text.js');
    await this.show(flags, {
      document: () => takenDocument(taken),
      text: () => `${visible(taken.path ?? `checkpoint ${taken.checkpointId}`)}\n`,
    });
  }
}
