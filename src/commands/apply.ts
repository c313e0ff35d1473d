import { string } from '@oclif/core/args';
import { applyFlags, applyWorld } from '../cli/apply-flags.js';
import { BaseCommand } from '../cli/base-command.js';
import { describe } from '../cli/exit-codes.js';
import { storeFlags } from '../cli/flags.js';
import { requireDeletionAllowed } from '../cli/removers.js';

const DESCRIPTION = `\
Looks at everything again that the plan rests on, and takes away what of it still holds: files that have changed stay, a
new reference saves its file, and evidence about jobs is asked again before every batch. What is to go is written down
first; a run that was killed is finished by the same command, and a plan that was carried out is left alone.

Files go to .ckpt-trash below the location where the store can rename, and under delete markers in an S3 bucket that keeps
versions (ckpt undo, ckpt trash), unless the plan was made with --no-quarantine. Afterwards every snapshot that stays is verified.`;

export default class Apply extends BaseCommand {
  static override summary = 'Carry a plan out, or finish what was begun of it.';
  static override exitCodes = [4, 5, 6, 7] as const;
  static override description = describe(DESCRIPTION, Apply.exitCodes);
  static override examples = [
    '<%= config.bin %> <%= command.id %> plan.json',
    {
      description: 'Where the store has no room for a journal',
      command: '<%= config.bin %> apply plan.json --journal /var/tmp/ckpt-journal',
    },
  ];
  static override args = {
    plan: string({ required: true, ignoreStdin: true, description: 'The file that ckpt plan -o wrote.' }),
  };
  static override flags = { ...storeFlags, ...applyFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Apply);
    const session = this.openSession(flags);
    requireDeletionAllowed();
    const { loadPlan } = await import('../usecases/load-plan.js');
    const { applyPlan } = await import('../usecases/apply-plan.js');
    const { openReader } = session;
    const plan = await loadPlan(session.locate(args.plan), { openReader, toolVersion: this.config.version });
    const done = await applyPlan(plan, await applyWorld(flags, session));
    const { outcomeView } = await import('../render/cleanup-outcome.js');
    await this.show(flags, outcomeView({ ...done, roots: plan.roots }));
    this.endWith(done.outcome.failed.length > 0 ? 5 : 0);
  }
}
