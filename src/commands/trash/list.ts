import { BaseCommand } from '../../cli/base-command.js';
import { describe } from '../../cli/exit-codes.js';
import { storeFlags } from '../../cli/flags.js';
import { locationArgument } from '../../cli/location-argument.js';

export default class TrashList extends BaseCommand {
  static override summary = 'List what runs have put aside.';
  static override exitCodes = [4, 6] as const;
  static override description = describe(
    'A line for each run: its name, how long ago it was, and what it put aside. ckpt undo brings it back.',
    TrashList.exitCodes,
  );
  static override examples = ['<%= config.bin %> trash list /flink/checkpoints'];
  static override args = {
    location: locationArgument('What was cleaned'),
  };
  static override flags = { ...storeFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TrashList);
    const session = this.openSession(flags);
    const { listTrash } = await import('../../usecases/empty-trash.js');
    const runs = await listTrash(session.locateAll(args.location), session.openReader);
    const { renderTrash, trashDocument } = await import('../../render/trash.js');
    await this.show(flags, { document: () => trashDocument(runs), text: () => renderTrash(runs) });
  }
}
