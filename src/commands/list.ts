import { option, string as text } from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.js';
import { describe } from '../cli/exit-codes.js';
import { fromEnvironment, storageFlags } from '../cli/flags.js';
import { locationArgument } from '../cli/location-argument.js';
import { statusAfter, warnOf } from '../cli/problems.js';
import { LIST_GROUPINGS } from '../model/snapshot-list.js';

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
      description: 'Restarts of a job together, under the name that its cluster knows',
      command:
        'curl -s http://jobmanager:8081/jobs/overview > jobs.json\n<%= config.bin %> list /var/flink --jobs-file jobs.json --group-by name',
    },
    {
      description: 'Paths of the snapshots that would restore',
      command: `<%= config.bin %> list /var/flink --json | jq -r '.snapshots[] | select(.restorable) | .path'`,
    },
  ];
  static override args = {
    location: locationArgument('Where to look'),
  };
  static override flags = {
    ...fromEnvironment({
      'jobs-file': text({
        helpValue: 'FILE',
        description:
          'Names of jobs: a job id and its name on each line, or JSON as Flink answers at /jobs/overview.',
      }),
      'group-by': option({
        options: LIST_GROUPINGS,
        default: 'job' as const,
        description: 'What rows share a heading by; of the same name are the restarts of a job.',
      })(),
    }),
    ...storageFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(List);
    const session = this.openSession(flags);
    const { listSnapshots } = await import('../usecases/list-snapshots.js');
    const { nameJobs, readJobNames } = await import('../usecases/name-jobs.js');
    const file = flags['jobs-file'];
    const names =
      file === undefined ? new Map() : await readJobNames(session.locate(file), session.openReader);
    const found = await listSnapshots(session.locateAll(args.location), {
      openReader: session.openReader,
      rewrites: flags.rewrite ?? [],
      concurrency: flags.concurrency,
    });
    const list = nameJobs(found, names);
    const isRewritten = flags.rewrite !== undefined;
    const options = { nowMs: session.clock.now(), groupBy: flags['group-by'], isRewritten };
    await this.show(flags, {
      document: async () => (await import('../render/list-document.js')).listDocument(list),
      text: async (look) => (await import('../render/list.js')).renderList(list, options, look),
    });
    warnOf(list.problems, session.warn);
    this.endWith(statusAfter([...list.problems, ...list.snapshots.map((row) => row.error)]));
  }
}
