import { boolean, option, string as stringFlag } from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.js';
import { safetyFlags, safetyPolicy } from '../cli/cleanup-flags.js';
import { evidenceFlags, evidenceSources } from '../cli/evidence-flags.js';
import { describe } from '../cli/exit-codes.js';
import { fromEnvironment, storageFlags } from '../cli/flags.js';
import { locationArgument } from '../cli/location-argument.js';
import { statusAfter, warnOf } from '../cli/problems.js';
import type { AuditReport } from '../model/audit.js';
import { assertNever } from '../support/errors.js';
import type { Audit as AuditResult } from '../usecases/audit-files.js';

const FINDINGS = ['orphans', 'broken', 'unreadable', 'missing'] as const;
type Finding = (typeof FINDINGS)[number];

const DESCRIPTION = `\
The reference graph over all given locations: which files some snapshot needs, which nobody needs and how they came to be,
which belong to checkpoints that never completed, and which Flink did not write. Of what nobody needs it tells whether it
may be deleted, and if not, which rule holds it back.

What may go depends on whether jobs still run: name the clusters with --rest, or say what has ended. A source that is
named and does not answer holds everything back, and a job that a cluster does not know is not taken for ended.

Give all directories whose checkpoints may refer to each other: jobs that were restored in claim mode use files in the
directories of the jobs before them.`;

export default class Audit extends BaseCommand {
  static override summary = 'Tell which files are needed, which are not, and which could go.';
  static override exitCodes = [3, 6] as const;
  static override description = describe(DESCRIPTION, Audit.exitCodes);
  static override examples = [
    {
      description: 'Totals of a checkpoint directory',
      command: '<%= config.bin %> audit /var/flink/checkpoints',
    },
    {
      description: 'Every file, as JSON lines',
      command: `<%= config.bin %> audit /var/flink --files --ndjson | jq -r 'select(.class == "orphan") | .path'`,
    },
    {
      description: 'What could go, as the cluster has it',
      command: '<%= config.bin %> audit s3://bucket/checkpoints --rest http://jobmanager:8081',
    },
    {
      description: 'Fail a script where a snapshot has lost files',
      command: '<%= config.bin %> audit /var/flink --fail-on broken,unreadable',
    },
  ];
  static override args = {
    location: locationArgument('Where to look'),
  };
  static override flags = {
    ...storageFlags,
    ...evidenceFlags,
    ...safetyFlags,
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
      inventory: stringFlag({
        helpValue: 'FILE',
        description:
          'Take the files from this list in place of listing: manifest.json of an S3 inventory (CSV or Parquet), rclone lsjson -R, ' +
          "or find -printf '%y %s %T@ %p\\n'. Snapshots are looked for and read all the same.",
      }),
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Audit);
    const session = this.openSession(flags);
    const { auditFiles } = await import('../usecases/audit-files.js');
    const { askForEvidence } = await import('../usecases/gather-evidence.js');
    const locations = session.locateAll(args.location);
    const asked = await askForEvidence(evidenceSources(flags, session), locations, session);
    const audit = await auditFiles(locations, {
      openReader: asked.openReader,
      rewrites: flags.rewrite ?? [],
      concurrency: flags.concurrency,
      inventory: flags.inventory === undefined ? undefined : session.locate(flags.inventory),
      gatherEvidence: asked.conclude,
      policy: safetyPolicy(flags),
    });
    try {
      await this.#print(audit, flags);
    } finally {
      audit.close();
    }
    warnOf(audit.report.problems, session.warn);
    const found = (flags['fail-on'] ?? []).some((finding) => isFound(finding, audit.report));
    this.endWith(found ? 3 : statusAfter(audit.report.problems));
  }

  async #print(audit: AuditResult, flags: OutputFlags): Promise<void> {
    const { auditDocument, fileDocument, jsonLines } = await import('../render/audit-document.js');
    const files = () => mapped(audit.files(), fileDocument);
    if (flags.ndjson) return this.stream(jsonLines(files()));
    const document = () => auditDocument(audit.report);
    if (flags.files && flags.json) {
      const lists = { files: files(), missingFiles: audit.missingFiles() };
      const { jsonPieces } = await import('../render/json.js');
      return this.stream(jsonPieces({ ...this.documentHead, ...document(), ...lists }));
    }
    const { fileLine, renderAudit } = await import('../render/audit.js');
    if (flags.files) {
      const { palette } = await this.look();
      await this.stream(mapped(audit.files(), (file) => fileLine(file, palette)));
    }
    await this.show(flags, { document, text: (look) => renderAudit(audit.report, look) });
  }
}

interface OutputFlags {
  readonly json: boolean;
  readonly files: boolean;
  readonly ndjson: boolean;
}

function* mapped<T, R>(values: Iterable<T>, map: (value: T) => R): Generator<R> {
  for (const value of values) yield map(value);
}

function isFound(finding: Finding, { totals, snapshots, missing }: AuditReport): boolean {
  switch (finding) {
    case 'orphans':
      return totals.orphan.files + totals.incomplete.files > 0;
    case 'broken':
      return snapshots.broken > 0;
    case 'unreadable':
      return snapshots.unreadable > 0;
    case 'missing':
      return missing.files > 0;
    default:
      return assertNever(finding, 'finding');
  }
}
