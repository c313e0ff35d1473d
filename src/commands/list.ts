import { string } from '@oclif/core/args';
import { BaseCommand } from '../cli/base-command.js';
import { describe } from '../cli/exit-codes.js';
import { storageFlags } from '../cli/flags.js';
import { statusAfter, warnOf } from '../cli/problems.js';

const DESCRIPTION = `\
A row per checkpoint and savepoint: whether it is complete, when it was taken, how large it is, what it added since its
predecessor, and whether every file that it needs is there with the right size.

A LOCATION is a path or a URI: any directory above checkpoints, a checkpoint directory, a job's directory, one
snapshot, or a _metadata file.`;

export default class List extends BaseCommand {
  static override summary = 'Show a row per snapshot.';
  static override exitCodes = [6] as const;
  static override description = describe(DESCRIPTION, List.exitCodes);
  static override examples = [
    { description: 'All snapshots below a directory', command: '<%= config.bin %> list /var/flink' },
    {
      description: 'A copy of a tree that was written elsewhere',
      command: '<%= config.bin %> list ./copy --rewrite s3://bucket/flink=./copy',
    },
    {
      description: 'Paths of the snapshots that would restore',
      command: `<%= config.bin %> list /var/flink --json | jq -r '.snapshots[] | select(.restorable) | .path'`,
    },
  ];
  static override args = {
    location: string({
      multiple: true,
      ignoreStdin: true,
      description: 'Where to look; the checkpoint directory of the settings where not given.',
    }),
  };
  static override flags = { ...storageFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(List);
    const session = this.openSession(flags);
    const { listSnapshots } = await import('../usecases/list-snapshots.js');
    const list = await listSnapshots(session.locateAll(args.location), {
      openReader: session.openReader,
      rewrites: flags.rewrite ?? [],
      concurrency: flags.concurrency,
    });
    await this.show(flags, {
      document: async () => (await import('../render/list-document.js')).listDocument(list),
      text: async (look) => (await import('../render/list.js')).renderList(list, session.clock.now(), look),
    });
    warnOf(list.problems, session.warn);
    this.endWith(statusAfter([...list.problems, ...list.snapshots.map((row) => row.error)]));
  }
}
