import { string } from '@oclif/core/args';
import { boolean } from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.js';
import { describe } from '../cli/exit-codes.js';
import { fromEnvironment, storageFlags } from '../cli/flags.js';
import { openRemovers } from '../cli/removers.js';
import { formatBytes, formatCount } from '../render/units.js';

const DESCRIPTION = `\
A snapshot and every file that it needs, in one directory, in any store: Flink restores from it when the original and its
job are gone. The original is only read.

Every file lies beside the _metadata, which names it relative to itself, so that the copy can be moved by any tool. Files
that checkpoints of a claiming job would go on using (tables of an incremental RocksDB checkpoint, a changelog) are named
by the path of DEST instead: such a copy is moved by copying it again. Of merged files only the parts that the snapshot
needs are taken. The _metadata comes last, when every file is there with the right size; then the copy is verified.

DEST must be empty or not exist. Interrupted, the same command goes on where it was; finished, it does nothing.`;

export default class Copy extends BaseCommand {
  static override summary = 'Copy a snapshot with all that it needs.';
  static override exitCodes = [3, 4, 6] as const;
  static override description = describe(DESCRIPTION, Copy.exitCodes);
  static override examples = [
    {
      description: 'Keep a checkpoint for good',
      command: '<%= config.bin %> copy s3://bucket/flink/JOB/chk-42 s3://archive/before-upgrade',
    },
    {
      description: 'Bring it to this machine',
      command: '<%= config.bin %> copy hdfs://namenode:8020/flink/JOB/chk-42 ./chk-42',
    },
    {
      description: 'How much that would be',
      command: `<%= config.bin %> copy ./chk-42 ./copy --dry-run --json | jq '.bytes'`,
    },
  ];
  static override args = {
    snapshot: string({ required: true, ignoreStdin: true, description: 'The snapshot to copy.' }),
    destination: string({ required: true, ignoreStdin: true, description: 'The directory of the copy.' }),
  };
  static override flags = {
    ...fromEnvironment({
      'dry-run': boolean({ description: 'Tell the files and bytes; write nothing.' }),
    }),
    ...storageFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Copy);
    const session = this.openSession(flags);
    const { copySnapshot } = await import('../usecases/copy-snapshot.js');
    const signal = session.interrupt();
    const report = await copySnapshot(session.locate(args.snapshot), session.locate(args.destination), {
      openReader: session.openReader,
      openRemover: flags['dry-run'] ? null : await openRemovers(session, signal),
      rewrites: flags.rewrite ?? [],
      concurrency: flags.concurrency,
      signal,
      onProgress: ({ files, filesInAll, bytes, bytesInAll }) =>
        session.tell(
          `${formatCount(files)} of ${formatCount(filesInAll)} files, ${formatBytes(bytes)} of ${formatBytes(bytesInAll)} copied`,
        ),
    });
    const { copyDocument, renderCopy } = await import('../render/copy.js');
    await this.show(flags, { document: () => copyDocument(report), text: () => renderCopy(report) });
  }
}
