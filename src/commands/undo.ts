import { string } from '@oclif/core/args';
import { string as text } from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.js';
import { describe } from '../cli/exit-codes.js';
import { fromEnvironment, storageFlags } from '../cli/flags.js';
import { lockOwner, openRemovers } from '../cli/removers.js';

const DESCRIPTION = `\
Puts the files that a run put aside back where they were, with their times: data first, and each _metadata when all that
it needs is there. Nothing that is in place is overwritten; what cannot go back stays in the trash and is named. Afterwards
the snapshots are verified.

A run that had not ended is not finished any more. Interrupted, the same command goes on.`;

export default class Undo extends BaseCommand {
  static override summary = 'Bring back what a run put aside.';
  static override exitCodes = [3, 4, 5, 6, 7] as const;
  static override description = describe(DESCRIPTION, Undo.exitCodes);
  static override examples = [
    {
      description: 'The run is named by ckpt apply, ckpt clean and ckpt trash list',
      command: '<%= config.bin %> undo 20260131T093000Z-1f3a5c7e --in /flink/checkpoints',
    },
  ];
  static override args = {
    run: string({ required: true, ignoreStdin: true, description: 'The run, as ckpt trash list names it.' }),
  };
  static override flags = {
    ...fromEnvironment({
      in: text({
        required: true,
        multiple: true,
        multipleNonGreedy: true,
        helpValue: 'LOCATION',
        description: 'What was cleaned. Repeatable.',
      }),
    }),
    ...storageFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Undo);
    const session = this.openSession(flags);
    const signal = session.interrupt();
    const { undo } = await import('../usecases/undo-run.js');
    const report = await undo(args.run, session.locateAll(flags.in, '--in LOCATION'), {
      openReader: session.openReader,
      openRemover: await openRemovers(session, signal),
      owner: lockOwner(),
      signal,
      rewrites: flags.rewrite ?? [],
      concurrency: flags.concurrency,
    });
    const { renderUndo } = await import('../render/trash.js');
    await this.show(flags, { document: () => report, text: () => renderUndo(report) });
    this.endWith(report.failed.length > 0 ? 5 : report.damaged.length > 0 ? 3 : 0);
  }
}
