import { string } from '@oclif/core/args';
import { boolean, custom, option } from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.js';
import { describe, type ExitStatus } from '../cli/exit-codes.js';
import { durationOf, fromEnvironment, storageFlags } from '../cli/flags.js';
import { statusAfter, warnOf } from '../cli/problems.js';
import type { AuditReport } from '../model/audit.js';
import type { Audit as AuditResult } from '../usecases/audit-files.js';

const FINDINGS = ['orphans', 'broken', 'unreadable', 'missing'] as const;
type Finding = (typeof FINDINGS)[number];

const DESCRIPTION = `\
The reference graph over all given locations: which files some snapshot needs, which nobody needs and how they came to be,
which belong to checkpoints that never completed, and which Flink did not write. Of what nobody needs it tells whether it
may be deleted, and if not, which rule holds it back.

Give all directories whose checkpoints may refer to each other: jobs that were restored in claim mode use files in the
directories of the jobs before them.`;

export default class Audit extends BaseCommand {
  static override summary = 'Tell which files are needed, which are not, and which could go.';
  static override exitCodes = [3, 6] as const;
  static override description = describe(DESCRIPTION, Audit.exitCodes);
  static override examples = [
    { description: 'Totals of a checkpoint directory', command: '<%= config.bin %> audit /var/flink/checkpoints' },
    {
      description: 'Every file, as JSON lines',
      command: `<%= config.bin %> audit /var/flink --files --ndjson | jq -r 'select(.class == "orphan") | .path'`,
    },
    {
      description: 'Fail a script where a snapshot has lost files',
      command: '<%= config.bin %> audit /var/flink --fail-on broken,unreadable',
    },
  ];
  static override args = {
    location: string({ required: true, multiple: true, ignoreStdin: true, description: 'Where to look.' }),
  };
  static override flags = {
    ...storageFlags,
    ...fromEnvironment({
      files: boolean({ description: 'List every file, in the order of the paths.' }),
      ndjson: boolean({
        dependsOn: ['files'],
        exclusive: ['json'],
        description: 'With --files: one JSON object a line for each file, and nothing else on stdout.',
      }),
      'fail-on': option({
        options: FINDINGS,
        multiple: true,
        multipleNonGreedy: true,
        delimiter: ',',
        helpValue: 'orphans,broken,unreadable,missing',
        description: 'End with exit code 3 where there is any of these.',
      })(),
      'min-age': custom<number>({
        parse: async (text) => durationOf(text, '--min-age'),
        helpValue: '7d',
        description: 'Nothing younger counts as deletable. Without evidence that a job has ended never less than 7d.',
      })(),
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Audit);
    const session = this.openSession(flags);
    const [{ auditFiles }, { DEFAULT_POLICY }, { NO_EVIDENCE }] = await Promise.all([
      import('../usecases/audit-files.js'),
      import('../graph/candidate.js'),
      import('../model/evidence.js'),
    ]);
    const audit = await auditFiles(args.location.map(session.locate), {
      openReader: session.openReader,
      rewrites: flags.rewrite ?? [],
      concurrency: flags.concurrency,
      gatherEvidence: async () => NO_EVIDENCE,
      policy: { ...DEFAULT_POLICY, minAgeMs: flags['min-age'] ?? DEFAULT_POLICY.minAgeMs },
      nowMs: session.clock.now(),
    });
    try {
      await this.print(audit, flags);
    } finally {
      audit.close();
    }
    warnOf(audit.report.problems, session.warn);
    const found = (flags['fail-on'] ?? []).some((finding) => isFound(finding, audit.report));
    this.endWith(found ? 3 : statusAfter(audit.report.problems));
  }
}
