import { string } from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.js';
import { budgetSections } from '../cli/budget-file.js';
import { describe } from '../cli/exit-codes.js';
import { fromEnvironment, storageFlags } from '../cli/flags.js';
import { locationArgument } from '../cli/location-argument.js';
import { appendOutputFile, writeOutputFile } from '../cli/output-file.js';
import { statusAfter, warnOf } from '../cli/problems.js';
import type { Session } from '../cli/session.js';
import { readWordsFile } from '../cli/words-file.js';
import type { BudgetCheck } from '../model/budget.js';

const DESCRIPTION = `\
Holds what checkpoints take against the budgets of a policy, for CI and monitoring: size, growth, what no snapshot needs,
files, metadata, the age of the newest snapshot that restores, broken and unreadable snapshots, days until a quota is
full. Budgets count for all LOCATIONs together. docs/capacity.md has the words.

Ends with 3 where a budget is exceeded, and says which and by how much; with --baseline only where it is exceeded by more
than it was then. Growth of which there is not enough history exceeds nothing, and is told. Under GITHUB_ACTIONS each
budget that is not kept becomes an annotation, and all of them stand in the summary of the step.`;

export default class Check extends BaseCommand {
  static override summary = 'Hold checkpoints against budgets.';
  static override exitCodes = [3, 6] as const;
  static override description = describe(DESCRIPTION, Check.exitCodes);
  static override examples = [
    {
      description: 'The budgets of a policy',
      command: '<%= config.bin %> check s3://bucket/checkpoints --policy ckpt.yaml',
    },
    {
      description: 'For a CI server and for Prometheus',
      command:
        '<%= config.bin %> check /var/flink --junit ckpt.xml --metrics-file /var/lib/node_exporter/ckpt.prom',
    },
    {
      description: 'Fail only where it becomes worse',
      command:
        '<%= config.bin %> check /var/flink --json > baseline.json\n<%= config.bin %> check /var/flink --baseline baseline.json',
    },
  ];
  static override args = {
    location: locationArgument('Where to look'),
  };
  static override flags = {
    ...fromEnvironment({
      policy: string({
        helpValue: 'FILE',
        description: 'The file with the section budgets; ckpt.yaml in the working directory where not given.',
      }),
      baseline: string({
        helpValue: 'FILE',
        description: 'What ckpt check --json said before: only what is worse than that fails.',
      }),
      junit: string({ helpValue: 'FILE', description: 'Write a test case for each budget, as JUnit does.' }),
      'metrics-file': string({
        helpValue: 'FILE',
        description: "Write metrics for the textfile collector of Prometheus' node exporter.",
      }),
    }),
    ...storageFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Check);
    const session = this.openSession(flags);
    const { checkStore } = await import('../usecases/check-budgets.js');
    const check = await checkStore(session.locateAll(args.location), {
      openReader: session.openReader,
      rewrites: flags.rewrite ?? [],
      concurrency: flags.concurrency,
      policy: await budgetSections(flags.policy, session),
      baseline: await readWordsFile(flags.baseline, session),
    });
    await this.show(flags, {
      document: async () => (await import('../render/check-document.js')).checkDocument(check),
      text: async (look) => (await import('../render/check.js')).renderCheck(check, look),
    });
    await writeFiles(check, flags, session);
    if (process.env.GITHUB_ACTIONS === 'true') await tellGithub(check, session);
    warnOf(check.capacity.problems, session.warn);
    const exceeded = check.results.some(({ verdict }) => verdict === 'exceeded');
    this.endWith(exceeded ? 3 : statusAfter(check.capacity.problems));
  }
}

interface FileFlags {
  readonly junit: string | undefined;
  readonly 'metrics-file': string | undefined;
}

async function writeFiles(check: BudgetCheck, flags: FileFlags, session: Session): Promise<void> {
  const { junitReport, prometheusMetrics } = await import('../render/check-files.js');
  if (flags.junit !== undefined)
    await writeOutputFile(session.locate(flags.junit), [junitReport(check)], '--junit');
  if (flags['metrics-file'] !== undefined)
    await writeOutputFile(
      session.locate(flags['metrics-file']),
      [prometheusMetrics(check)],
      '--metrics-file',
    );
}

/** Workflow commands are read from stderr as well: stdout is for the result. */
async function tellGithub(check: BudgetCheck, session: Session): Promise<void> {
  const { githubAnnotations } = await import('../render/check-files.js');
  for (const line of githubAnnotations(check)) process.stderr.write(line);
  const summary = process.env.GITHUB_STEP_SUMMARY;
  if (!summary) return;
  const { markdownCheck } = await import('../render/check.js');
  await appendOutputFile(session.locate(summary), markdownCheck(check));
}
