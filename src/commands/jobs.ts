import { string } from '@oclif/core/args';
import { BaseCommand } from '../cli/base-command.js';
import { clusterFlags } from '../cli/control-flags.js';
import { describe } from '../cli/exit-codes.js';

export default class Jobs extends BaseCommand {
  static override summary =
    'List the jobs of a cluster or of ckpt run; of one job, what its checkpoints spend their time on.';
  static override exitCodes = [4, 6] as const;
  static override description = describe(
    'A line for each job, the newest first: its state, for how long, its tasks and checkpoints. Clusters forget jobs an ' +
      'hour after their end. Of one JOB also each checkpoint that the cluster remembers: T_save, the time to take and write ' +
      'the snapshot, and T_ack, the rest of it, as the subtask that acknowledged last had them; why checkpoints failed ' +
      '(expiry, storage, operator, network); and what to do.',
    Jobs.exitCodes,
  );
  static override examples = [
    '<%= config.bin %> jobs --rest http://jobmanager:8081',
    '<%= config.bin %> jobs 6f3a --rest http://jobmanager:8081',
  ];
  static override args = {
    job: string({
      ignoreStdin: true,
      description: 'Id of a job, or the beginning of it: tells of its checkpoints.',
    }),
  };
  static override flags = { ...clusterFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Jobs);
    const { clock } = this.openSession(flags);
    if (args.job !== undefined) {
      const { watchJob } = await import('../usecases/watch-checkpoints.js');
      const watched = await watchJob({ rest: flags.rest, job: args.job }, clock);
      const { renderWatchedJob, watchedJobDocument } = await import('../render/watched-job.js');
      return this.show(flags, {
        document: () => watchedJobDocument(watched),
        text: (look) => renderWatchedJob(watched, look),
      });
    }
    const { listJobs } = await import('../usecases/control-jobs.js');
    const jobs = await listJobs(flags.rest, clock);
    const { jobsDocument, renderJobs } = await import('../render/jobs.js');
    await this.show(flags, { document: () => jobsDocument(jobs), text: (look) => renderJobs(jobs, look) });
  }
}
