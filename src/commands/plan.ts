import { string as stringFlag } from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.js';
import { cleanupFlags, cleanupRequest } from '../cli/cleanup-flags.js';
import { evidenceFlags } from '../cli/evidence-flags.js';
import { describe } from '../cli/exit-codes.js';
import { fromEnvironment, storageFlags } from '../cli/flags.js';
import { locationArgument } from '../cli/location-argument.js';
import { writeOutputFile } from '../cli/output-file.js';
import { statusAfter, warnOf } from '../cli/problems.js';

const DESCRIPTION = `\
Decides which snapshots and files may go, and writes that down for review: retention by the rules given, files that no
snapshot needs, and everything that a safety rule holds back, with the rule. It deletes nothing and holds nothing that
could; ckpt apply carries the plan out.

No rule given keeps every complete snapshot. The newest of each job that restores stays whatever the rules say. Where
nothing shows that a job has ended (--rest, --job-stopped, --stopped), what it may still use stays too.

Rules and limits may stand in ckpt.yaml, in the sections retention: and cleanup:, by the names of the flags.`;

export default class Plan extends BaseCommand {
  static override summary = 'Decide what may go, and write a plan of it. Deletes nothing.';
  static override exitCodes = [4, 6] as const;
  static override description = describe(DESCRIPTION, Plan.exitCodes);
  static override examples = [
    {
      description: 'What would go if three snapshots of each job were kept',
      command: '<%= config.bin %> plan /var/flink/checkpoints --keep-last 3',
    },
    {
      description: 'A plan to be looked at and carried out later; the cluster is asked again then',
      command:
        '<%= config.bin %> plan s3://bucket/checkpoints --rest http://jobmanager:8081 --keep-within 7d -o plan.json',
    },
    {
      description: 'What a job that has ended left behind',
      command:
        '<%= config.bin %> plan /var/flink/checkpoints --job-stopped 0a6d8e2b0094db680d9a9874fabf74e8 -o plan.json',
    },
  ];
  static override args = {
    location: locationArgument('Where to look'),
  };
  static override flags = {
    ...storageFlags,
    ...evidenceFlags,
    ...cleanupFlags,
    ...fromEnvironment({
      output: stringFlag({
        char: 'o',
        helpValue: 'FILE',
        description: 'Write the plan to this file, for ckpt show and ckpt apply.',
      }),
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Plan);
    const session = this.openSession(flags);
    const { planCleanup } = await import('../usecases/plan-cleanup.js');
    const { plan, problems, excess } = await planCleanup(
      { ...(await cleanupRequest(args.location, flags, session)), toolVersion: this.config.version },
      { openReader: session.openReader, clock: session.clock, concurrency: flags.concurrency },
    );
    if (flags.output !== undefined) {
      const { jsonPieces } = await import('../render/json.js');
      const at = session.locate(flags.output);
      await writeOutputFile(at, jsonPieces({ ...this.documentHead, ...plan }));
      session.note(`the plan is in ${at.path}: ckpt apply ${flags.output} carries it out`);
    }
    const { renderPlan } = await import('../render/plan.js');
    await this.show(flags, { document: () => plan, text: (look) => renderPlan(plan, look) });
    warnOf(problems, session.warn);
    if (excess !== null) session.warn(`it would be refused: ${excess.message}`);
    this.endWith(statusAfter(problems));
  }
}
