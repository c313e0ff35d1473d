import { string } from '@oclif/core/args';
import { boolean } from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.js';
import { describe } from '../cli/exit-codes.js';
import { fromEnvironment, storeFlags } from '../cli/flags.js';
import { lockOwner, openRemovers } from '../cli/removers.js';

const DESCRIPTION = `\
Takes away the lock of a run that died and will not be run again. A run that is run again takes up its own lock by itself.

The lock stays where its holder may be alive: one whose lock has not expired, unless its process was on this machine and
has ended. A run that lives and loses its lock stops at its next step.`;

export default class Unlock extends BaseCommand {
  static override summary = 'Take away the lock of a run that died.';
  static override exitCodes = [6, 7] as const;
  static override description = describe(DESCRIPTION, Unlock.exitCodes);
  static override examples = ['<%= config.bin %> <%= command.id %> /flink/checkpoints'];
  static override args = {
    location: string({ required: true, ignoreStdin: true, description: 'What the run was cleaning.' }),
  };
  static override flags = {
    ...fromEnvironment({
      force: boolean({ description: 'Your word that the holder has ended, whatever its lock says.' }),
    }),
    ...storeFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Unlock);
    const session = this.openSession(flags);
    const { unlock } = await import('../usecases/unlock.js');
    const report = await unlock(
      session.locate(args.location),
      { evenIfHeld: flags.force },
      {
        openReader: session.openReader,
        openRemover: await openRemovers(session),
        hasEnded: lockOwner().hasEnded,
      },
    );
    const { renderUnlock } = await import('../render/trash.js');
    await this.show(flags, { document: () => report, text: () => renderUnlock(report) });
  }
}
