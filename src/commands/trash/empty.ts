import { boolean, custom } from '@oclif/core/flags';
import { BaseCommand } from '../../cli/base-command.js';
import { confirm, requireYes } from '../../cli/confirm.js';
import { describe } from '../../cli/exit-codes.js';
import { fromEnvironment, storeFlags } from '../../cli/flags.js';
import { locationArgument } from '../../cli/location-argument.js';
import { lockOwner, openRemovers, requireDeletionAllowed } from '../../cli/removers.js';
import type { Session } from '../../cli/session.js';
import type { TrashedRun } from '../../model/trash.js';
import { RefusalError } from '../../support/errors.js';
import { parseDuration } from '../../support/units.js';

const DESCRIPTION = `\
Removes for good what runs put aside, once it has lain in the trash for the time that is given. Nothing brings it back then.
Snapshots in the trash keep from later runs what they reference; emptied, they do not any more.

On a terminal it asks; elsewhere --yes must be said. Interrupted, the same command goes on.`;

export default class TrashEmpty extends BaseCommand {
  static override summary = 'Remove for good what runs have put aside.';
  static override exitCodes = [4, 5, 6, 7] as const;
  static override description = describe(DESCRIPTION, TrashEmpty.exitCodes);
  static override examples = [
    '<%= config.bin %> trash empty /flink/checkpoints --older-than 14d',
    {
      description: 'What would go',
      command: '<%= config.bin %> trash empty /flink/checkpoints --dry-run',
    },
  ];
  static override args = {
    location: locationArgument('What was cleaned'),
  };
  static override flags = {
    ...fromEnvironment({
      'older-than': custom<number>({
        parse: async (text) => parseDuration(text),
        helpValue: '7d',
        description: 'Only what was put aside this long ago; 7d where not given.',
      })(),
      'dry-run': boolean({ description: 'Tell what would go; remove nothing.' }),
      yes: boolean({ char: 'y', description: 'Do not ask.' }),
    }),
    ...storeFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TrashEmpty);
    const session = this.openSession(flags);
    const locations = session.locateAll(args.location);
    const olderThanMs = flags['older-than'] ?? parseDuration('7d');
    const { emptyOldTrash, isOlder, listTrash } = await import('../../usecases/empty-trash.js');
    const { emptyDocument, renderEmptied, renderGoing } = await import('../../render/trash.js');
    const runs = await listTrash(locations, session.openReader);
    const going = runs.filter((run) => isOlder(run, olderThanMs));
    const kept = runs.filter((run) => !isOlder(run, olderThanMs));
    if (flags['dry-run']) {
      const nothing = { emptied: going, kept, files: 0, bytesFreed: 0, failed: [] };
      return this.show(flags, {
        document: () => emptyDocument(nothing, { isDryRun: true }),
        text: () => renderGoing(going, kept),
      });
    }
    requireDeletionAllowed();
    if (!flags.yes && going.length > 0) await ask(going, session);
    const signal = session.interrupt();
    const report = await emptyOldTrash(locations, olderThanMs, {
      openReader: session.openReader,
      openRemover: await openRemovers(session, signal),
      owner: lockOwner(),
      signal,
    });
    await this.show(flags, {
      document: () => emptyDocument(report, { isDryRun: false }),
      text: () => renderEmptied(report),
    });
    this.endWith(report.failed.length > 0 ? 5 : 0);
  }
}

async function ask(going: readonly TrashedRun[], session: Session): Promise<void> {
  requireYes({ yes: false }, 'trash empty');
  const { goingSummary } = await import('../../render/trash.js');
  const word = String(going.reduce((sum, { files }) => sum + files, 0));
  const question = `${goingSummary(going)} will be removed for good.\nType ${word}, the number of files, to go on: `;
  if (await confirm(question, word, session.interrupt())) return;
  throw new RefusalError('not-confirmed', 'it was not confirmed', { next: 'nothing was changed' });
}
