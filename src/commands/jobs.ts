import { BaseCommand } from '../cli/base-command.js';
import { clusterFlags } from '../cli/control-flags.js';
import { describe } from '../cli/exit-codes.js';

export default class Jobs extends BaseCommand {
  static override summary = 'List the jobs that a cluster knows, or that ckpt run runs.';
  static override exitCodes = [4, 6] as const;
  static override description = describe(
    'A line for each job, the newest first: its state, for how long, its tasks and checkpoints. Clusters forget jobs an ' +
      'hour after their end.',
    Jobs.exitCodes,
  );
  static override examples = ['<%= config.bin %> jobs --rest http://jobmanager:8081'];
  static override flags = { ...clusterFlags };

  async run(): Promise<void> {
    const { flags } = await this.parse(Jobs);
    const { clock } = this.openSession(flags);
    const { listJobs } = await import('../usecases/control-jobs.js');
    const jobs = await listJobs(flags.rest, clock);
    const { jobsDocument, renderJobs } = await import('../render/jobs.js');
    await this.show(flags, { document: () => jobsDocument(jobs), text: (look) => renderJobs(jobs, look) });
  }
}
