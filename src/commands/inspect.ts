import type { Interfaces } from '@oclif/core';
import { string } from '@oclif/core/args';
import { boolean, integer, string as text } from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.js';
import { describe } from '../cli/exit-codes.js';
import { fromEnvironment, type globalFlags, storageFlags } from '../cli/flags.js';
import type { Session } from '../cli/session.js';
import type { OperatorStates } from '../model/state-report.js';
import type { InspectOptions } from '../render/inspect.js';
import type { OperatorSelection } from '../render/inspect-operators.js';
import { UsageError } from '../support/errors.js';
import type { Inspection, SurveyOptions } from '../usecases/inspect-snapshot.js';

const DESCRIPTION = `\
What is in a checkpoint or savepoint: the format and properties, the operators by size with name, uid, id and
parallelism, the states whose names the metadata tells, key groups, and the files by scope.

SNAPSHOT is its directory or its _metadata file, as a path or a URI.

--states reads the state files too, as far as it takes to tell types and sizes: heap and canonical files whole, of
RocksDB tables the end. --state prints the values of one state. --uids asks whether a job with these uids would find its
state, by structure only, and ends with 3 where it would not restore.`;

/** Views of their own, which leave no room for others. */
const VIEWS = ['state', 'uids', 'raw'];
const others = (view: string) => VIEWS.filter((other) => other !== view);

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
  static override flags = {
    ...fromEnvironment({
      files: boolean({ description: 'List every file that the snapshot references.' }),
      raw: boolean({
        exclusive: others('raw'),
        description: 'The whole decoded _metadata, field by field, as JSON.',
      }),
      top: integer({ min: 1, helpValue: 'N', description: 'Only the N largest operators.' }),
      operator: text({
        helpValue: 'NAME|UID|ID',
        description: 'Only the operators with this name, uid or id.',
      }),
      states: boolean({
        exclusive: VIEWS,
        description: 'Every state with kind, types, size and entries; reads the state files.',
      }),
      state: text({
        helpValue: 'NAME',
        dependsOn: ['uid'],
        exclusive: others('state'),
        description: 'The values of this state of the operator --uid, as lines KEY = VALUE.',
      }),
      key: text({
        helpValue: 'K',
        dependsOn: ['state'],
        description: 'Only the value of this key; reads its key group only.',
      }),
      uid: text({
        multiple: true,
        multipleNonGreedy: true,
        helpValue: 'UID',
        description:
          'A uid that an operator may have: names those of versions that recorded none. Repeatable.',
      }),
      uids: text({
        helpValue: 'FILE',
        exclusive: others('uids'),
        description:
          'The uids of a new job, one on each line (a tab and its parallelism behind it) or as JSON: which would find their state.',
      }),
      'max-parallelism': integer({
        min: 1,
        max: 32768,
        helpValue: 'N',
        dependsOn: ['uids'],
        description: 'The max parallelism that the new job sets for its operators.',
      }),
    }),
    ...storageFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Inspect);
    const session = this.openSession(flags);
    const survey = {
      openReader: session.openReader,
      rewrites: flags.rewrite ?? [],
      concurrency: flags.concurrency,
    };
    const { inspectSnapshot } = await import('../usecases/inspect-snapshot.js');
    const inspection = await inspectSnapshot(session.locate(args.snapshot), survey);
    const asked = { inspection, survey, session, flags };
    if (flags.state !== undefined) return this.#showValues(asked, flags.state);
    if (flags.uids !== undefined) return this.#showRestoreCheck(asked, flags.uids);
    return this.#showReport(asked);
  }

  async #showReport({ inspection, survey, session, flags }: Asked): Promise<void> {
    const { nameByUid } = await import('../usecases/name-operators.js');
    const { report, unused } = nameByUid(inspection.report, flags.uid ?? []);
    const selection = { top: flags.top, operator: flags.operator };
    const options: InspectOptions = {
      ...selection,
      nowMs: session.clock.now(),
      withFiles: flags.files,
      states: flags.states ? await describedStates({ ...inspection, report }, survey, selection) : null,
    };
    const rawDocument = async () =>
      (await import('../render/raw-metadata.js')).rawMetadata(await inspection.document(), report.path);
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
    for (const uid of unused) session.warn(`no operator has the uid ${uid}`);
  }

  async #showValues({ inspection, survey, session, flags }: Asked, state: string): Promise<void> {
    const [operator, ...more] = flags.uid ?? [];
    if (operator === undefined || more.length > 0) {
      throw new UsageError('--state is of one operator', { where: '--uid', next: 'give exactly one --uid' });
    }
    const { valuesOf } = await import('../usecases/read-state.js');
    const values = await valuesOf(inspection, { operator, name: state, key: flags.key }, survey);
    const { renderStateValues, stateValuesDocument } = await import('../render/state-values.js');
    await this.show(flags, {
      document: () => stateValuesDocument(inspection.report.path, values),
      text: () => renderStateValues(values),
    });
    if (values.rows.length === 0) {
      session.note(
        flags.key === undefined ? `state ${state} is empty` : `state ${state} has no key ${flags.key}`,
      );
    }
  }

  async #showRestoreCheck({ inspection, survey, session, flags }: Asked, uids: string): Promise<void> {
    const { checkRestoreOf } = await import('../usecases/check-restore.js');
    const { report } = inspection;
    const question = { uidsFile: session.locate(uids), maxParallelism: flags['max-parallelism'] };
    const check = await checkRestoreOf(report, question, survey.openReader);
    await this.show(flags, {
      document: () => ({ path: report.path, restoreCheck: check }),
      text: async (look) =>
        (await import('../render/restore-check.js')).renderRestoreCheck(report.path, check, look),
    });
    this.endWith(check.wouldRestore ? 0 : 3);
  }
}

type InspectFlags = Interfaces.InferredFlags<typeof Inspect.flags & typeof globalFlags>;

/** What was asked, and what every view starts from. */
interface Asked {
  readonly inspection: Inspection;
  readonly survey: SurveyOptions;
  readonly session: Session;
  readonly flags: InspectFlags;
}

/** Only the operators that are shown are looked into. */
async function describedStates(
  inspection: Inspection,
  survey: SurveyOptions,
  selection: OperatorSelection,
): Promise<readonly OperatorStates[]> {
  const { selectOperators } = await import('../render/inspect-operators.js');
  const { statesOf } = await import('../usecases/read-state.js');
  return statesOf(inspection, selectOperators(inspection.report.operators, selection), survey);
}
