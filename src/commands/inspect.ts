import type { Interfaces } from '@oclif/core';
import { string } from '@oclif/core/args';
import { BaseCommand } from '../cli/base-command.js';
import { describe } from '../cli/exit-codes.js';
import { type globalFlags, storageFlags } from '../cli/flags.js';
import { inspectFlags } from '../cli/inspect-flags.js';
import type { Session } from '../cli/session.js';
import { assertNever } from '../support/errors.js';
import type { InspectAnswer, InspectQuestion } from '../usecases/inspect.js';

const DESCRIPTION = `\
What is in a checkpoint or savepoint: the format and properties, the operators by size with name, uid, id and
parallelism, the states whose names the metadata tells, key groups, and the files by scope.

SNAPSHOT is its directory or its _metadata file, as a path or a URI.

--states reads the state files too, as far as it takes to tell types and sizes: heap and canonical files whole, of
RocksDB tables the end. --state prints the values of one state. --uids asks whether a job with these uids would find its
state, by structure only, and ends with 3 where it would not restore.`;

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
    {
      description: 'Its states by size, with their types',
      command: '<%= config.bin %> inspect ./chk-42 --states',
    },
    {
      description: 'The value of one key, and of all keys',
      command:
        '<%= config.bin %> inspect ./chk-42 --state count --uid counter --key user-7\n<%= config.bin %> inspect ./chk-42 --state count --uid counter',
    },
    {
      description: 'Names for the operators of an old version, which recorded none',
      command: '<%= config.bin %> inspect ./savepoint-6f3a00-0a1b2c3d4e5f --uid source --uid counter',
    },
    {
      description: 'Would a job with these uids restore it?',
      command: '<%= config.bin %> inspect ./chk-42 --uids uids.txt --max-parallelism 256',
    },
  ];
  static override args = {
    snapshot: string({ required: true, ignoreStdin: true, description: 'The snapshot to look into.' }),
  };
  static override flags = { ...inspectFlags, ...storageFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Inspect);
    const session = this.openSession(flags);
    const { inspect } = await import('../usecases/inspect.js');
    const answer = await inspect(session.locate(args.snapshot), questionOf(flags, session), {
      openReader: session.openReader,
      rewrites: flags.rewrite ?? [],
      concurrency: flags.concurrency,
    });
    await this.#showAnswer(answer, flags, session);
  }

  async #showAnswer(answer: InspectAnswer, flags: InspectFlags, session: Session): Promise<void> {
    const views = await import('../render/inspect-view.js');
    switch (answer.kind) {
      case 'report': {
        const { report, states, document, unusedUids } = answer;
        const { top, operator, files: withFiles } = flags;
        const options = { top, operator, withFiles, states, nowMs: session.clock.now() };
        await this.show(flags, views.reportView(report, options, flags.raw ? document : null));
        for (const uid of unusedUids) session.warn(`no operator has the uid ${uid}`);
        return;
      }
      case 'values': {
        const { path, values } = answer;
        await this.show(flags, views.valuesView(path, values));
        if (values.rows.length > 0) return;
        const what = flags.key === undefined ? 'is empty' : `has no key ${flags.key}`;
        return session.note(`state ${flags.state} ${what}`);
      }
      case 'restore-check':
        await this.show(flags, views.restoreCheckView(answer.path, answer.check));
        return this.endWith(answer.check.wouldRestore ? 0 : 3);
      default:
        return assertNever(answer, 'answer');
    }
  }
}

type InspectFlags = Interfaces.InferredFlags<typeof Inspect.flags & typeof globalFlags>;

function questionOf(flags: InspectFlags, session: Session): InspectQuestion {
  const { state, key, top, operator, states: withStates, uid: uids = [] } = flags;
  if (state !== undefined) return { kind: 'values', state, key, uids };
  if (flags.uids === undefined) return { kind: 'report', uids, top, operator, withStates };
  const maxParallelism = flags['max-parallelism'];
  return { kind: 'restore-check', uidsFile: session.locate(flags.uids), maxParallelism };
}
