import { string } from '@oclif/core/args';
import { string as stringFlag } from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.js';
import { safetyFlags, safetyPolicy } from '../cli/cleanup-flags.js';
import { evidenceFlags, evidenceSources } from '../cli/evidence-flags.js';
import { describe } from '../cli/exit-codes.js';
import { fromEnvironment, storageFlags } from '../cli/flags.js';
import { statusAfter, warnOf } from '../cli/problems.js';

const DESCRIPTION = `\
Which snapshots need a file, down to operator, subtask and kind of state; or, where none does, how it came to be, whether
it may be deleted, and which rule holds it back.

FILE may be any file or directory, as it lies or as a _metadata names it. All locations that may refer to it are given with
--in: snapshots of other jobs too, where those were restored in claim mode.`;

export default class Why extends BaseCommand {
  static override summary = 'Show who needs a file, or that nobody does.';
  static override exitCodes = [6] as const;
  static override description = describe(DESCRIPTION, Why.exitCodes);
  static override examples = [
    {
      description: 'Who needs a shared file',
      command: '<%= config.bin %> why /flink/JOB/shared/1501ab96-583e-4cc7-ac9f-a99a0ea0130f --in /flink',
    },
    {
      description: 'Whether anybody uses an old savepoint',
      command: '<%= config.bin %> why /savepoints/savepoint-263e3e-c6b0d004c11f --in /flink --in /savepoints',
    },
  ];
  static override args = {
    file: string({ required: true, ignoreStdin: true, description: 'The file or directory asked about.' }),
  };
  static override flags = {
    ...storageFlags,
    ...evidenceFlags,
    ...safetyFlags,
    ...fromEnvironment({
      in: stringFlag({
        multiple: true,
        multipleNonGreedy: true,
        helpValue: 'LOCATION',
        description:
          'Where to look for snapshots; the checkpoint directory of the settings where not given. Repeatable.',
      }),
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Why);
    const session = this.openSession(flags);
    const { whyFile } = await import('../usecases/why-file.js');
    const { askForEvidence } = await import('../usecases/gather-evidence.js');
    const locations = session.locateAll(flags.in, '--in LOCATION');
    const asked = await askForEvidence(evidenceSources(flags, session), locations, session);
    const report = await whyFile(session.locate(args.file), locations, {
      openReader: asked.openReader,
      rewrites: flags.rewrite ?? [],
      concurrency: flags.concurrency,
      gatherEvidence: asked.conclude,
      policy: safetyPolicy(flags),
    });
    const { renderWhy, whyDocument } = await import('../render/why.js');
    await this.show(flags, { document: () => whyDocument(report), text: (look) => renderWhy(report, look) });
    warnOf(report.problems, session.warn);
    this.endWith(statusAfter(report.problems));
  }
}
