import { string } from '@oclif/core/args';
import { BaseCommand } from '../cli/base-command.js';
import { describe } from '../cli/exit-codes.js';
import { storeFlags } from '../cli/flags.js';

export default class Show extends BaseCommand {
  static override summary = 'Show a plan that ckpt plan wrote.';
  static override exitCodes = [4, 6] as const;
  static override description = describe(
    'What a plan takes away and why, and what it holds back. A plan that was changed by hand, or that another version made, is refused.',
    Show.exitCodes,
  );
  static override examples = [
    '<%= config.bin %> <%= command.id %> plan.json',
    {
      description: 'Every file that would go',
      command: `<%= config.bin %> show plan.json --json | jq -r '.deletions[].path'`,
    },
  ];
  static override args = {
    plan: string({ required: true, ignoreStdin: true, description: 'The file that ckpt plan -o wrote.' }),
  };
  static override flags = { ...storeFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Show);
    const session = this.openSession(flags);
    const { loadPlan } = await import('../usecases/load-plan.js');
    const plan = await loadPlan(session.locate(args.plan), {
      openReader: session.openReader,
      toolVersion: this.config.version,
    });
    const { renderPlan } = await import('../render/plan.js');
    await this.show(flags, { document: () => plan, text: (look) => renderPlan(plan, look) });
  }

  /** The document is the plan itself, as `ckpt plan --json` prints it. */
  protected override get documentHead() {
    return { ...super.documentHead, schema: 'ckpt/plan' };
  }
}
