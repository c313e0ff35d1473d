import { string } from '@oclif/core/args';
import { boolean, integer, string as text } from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.js';
import { describe } from '../cli/exit-codes.js';
import { fromEnvironment, storageFlags } from '../cli/flags.js';
import type { InspectOptions } from '../render/inspect.js';

const DESCRIPTION = `\
What is in a checkpoint or savepoint: the format and properties, the operators by size with name, uid, id and
parallelism, the states whose names the metadata tells, key groups, and the files by scope.

SNAPSHOT is its directory or its _metadata file, as a path or a URI.`;

export default class Inspect extends BaseCommand {
  static override summary = 'Show what is in a checkpoint or savepoint.';
  static override exitCodes = [3, 6] as const;
  static override description = describe(DESCRIPTION, Inspect.exitCodes);
  static override examples = [
    {
      description: 'What a checkpoint holds, the three largest operators only',
      command: '<%= config.bin %> inspect /flink/checkpoints/JOB/chk-42 --top 3',
    },
    {
      description: 'One operator of a savepoint, by its uid, name or id',
      command: '<%= config.bin %> inspect ./savepoint-6f3a00-0a1b2c3d4e5f --operator my-uid',
    },
    {
      description: 'Every file that a checkpoint needs',
      command: `<%= config.bin %> inspect ./chk-42 --files --json | jq -r '.files[].path'`,
    },
  ];
  static override args = {
    snapshot: string({ required: true, ignoreStdin: true, description: 'The snapshot to look into.' }),
  };
  static override flags = {
    ...fromEnvironment({
      files: boolean({ description: 'List every file that the snapshot references.' }),
      raw: boolean({ description: 'The whole decoded _metadata, field by field, as JSON.' }),
      top: integer({ min: 1, helpValue: 'N', description: 'Only the N largest operators.' }),
      operator: text({
        helpValue: 'NAME|UID|ID',
        description: 'Only the operators with this name, uid or id.',
      }),
    }),
    ...storageFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Inspect);
    const session = this.openSession(flags);
    const { inspectSnapshot } = await import('../usecases/inspect-snapshot.js');
    const { report, document } = await inspectSnapshot(session.locate(args.snapshot), {
      openReader: session.openReader,
      rewrites: flags.rewrite ?? [],
      concurrency: flags.concurrency,
    });
    const options: InspectOptions = {
      nowMs: session.clock.now(),
      withFiles: flags.files,
      top: flags.top,
      operator: flags.operator,
    };
    const rawDocument = async () =>
      (await import('../render/raw-metadata.js')).rawMetadata(await document(), report.path);
    await this.show(flags, {
      document: async () => ({
        ...(await import('../render/inspect-document.js')).inspectDocument(report, options),
        ...(flags.raw ? { metadata: await rawDocument() } : {}),
      }),
      text: async (look) => {
        if (flags.raw) return (await import('../render/json.js')).toJson(await rawDocument());
        return (await import('../render/inspect.js')).renderInspect(report, options, look);
      },
    });
  }
}
