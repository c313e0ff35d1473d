import { string } from '@oclif/core/args';
import { boolean, integer } from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.js';
import { describe } from '../cli/exit-codes.js';
import { fromEnvironment, storageFlags } from '../cli/flags.js';
import { visible } from '../render/text.js';

const DESCRIPTION = `\
What became of snapshot A in snapshot B: growth by operator and named state, inline state and metadata, and the files
that were kept, added and are gone. Files of RocksDB that A has too, under another path, are counted as re-uploaded.

A and B may be of different jobs and format versions; operators are matched by their ids. Sizes are those that the
metadata tells, which names the states of operators and not those by key; --states reads the state files of both
snapshots, and tells the growth of every state.`;

export default class Diff extends BaseCommand {
  static override summary = 'Show what changed between two snapshots.';
  static override exitCodes = [3, 6] as const;
  static override description = describe(DESCRIPTION, Diff.exitCodes);
  static override examples = [
    {
      description: 'What a checkpoint added to the one before',
      command: '<%= config.bin %> diff /flink/checkpoints/JOB/chk-41 /flink/checkpoints/JOB/chk-42',
    },
    {
      description: 'The operator that grew most',
      command: `<%= config.bin %> diff ./chk-41 ./chk-42 --json | jq '.operators[0]'`,
    },
    {
      description: 'The states that grew, by name',
      command: '<%= config.bin %> diff ./chk-41 ./chk-42 --states',
    },
    {
      description: 'Which files are new, and which are no longer needed',
      command: '<%= config.bin %> diff ./chk-41 ./chk-42 --files',
    },
  ];
  static override args = {
    a: string({ required: true, ignoreStdin: true, description: 'The snapshot that is compared with.' }),
    b: string({ required: true, ignoreStdin: true, description: 'The snapshot that is looked at.' }),
  };
  static override flags = {
    ...fromEnvironment({
      files: boolean({ description: 'List the files that were added and that are gone.' }),
      states: boolean({
        description: 'The growth of every state by its name, keyed ones too; reads the state files of both.',
      }),
      top: integer({ min: 1, helpValue: 'N', description: 'Only the N operators that changed most.' }),
    }),
    ...storageFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Diff);
    const session = this.openSession(flags);
    const { diff } = await import('../usecases/diff-snapshots.js');
    const result = await diff(session.locate(args.a), session.locate(args.b), {
      openReader: session.openReader,
      rewrites: flags.rewrite ?? [],
      concurrency: flags.concurrency,
      withStates: flags.states,
    });
    const options = { withFiles: flags.files, top: flags.top };
    await this.show(flags, {
      document: async () => (await import('../render/diff-document.js')).diffDocument(result, options),
      text: async (look) => (await import('../render/diff.js')).renderDiff(result, options, look),
    });
    for (const { side, reason } of result.remarks) session.warn(visible(`${side.toUpperCase()}: ${reason}`));
  }
}
