import { string } from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.js';
import { describe } from '../cli/exit-codes.js';
import { fromEnvironment, storageFlags } from '../cli/flags.js';
import { locationArgument } from '../cli/location-argument.js';
import { measuredFlags, measuredQuestions } from '../cli/measured-flags.js';
import { writeOutputFile } from '../cli/output-file.js';
import { statusAfter, warnOf } from '../cli/problems.js';
import type { MeasuredCapacity } from '../model/measured-capacity.js';

const DESCRIPTION = `\
One page about checkpoints: how they grow, size by operator, what each byte is for, which files checkpoints have in common,
orphans by cause, and what comes of it. It is a single HTML file that needs no network and no script, with a table beside
each plot, light and dark, for a phone as well as for paper; or the same as Markdown.

It measures as ckpt capacity does: every _metadata is read, every file is listed, nothing is changed. With --json the
document has also what stands in the page.`;

export default class Report extends BaseCommand {
  static override summary = 'Write a page about checkpoints: growth, sizes, sharing, orphans, forecast.';
  static override exitCodes = [6] as const;
  static override description = describe(DESCRIPTION, Report.exitCodes);
  static override examples = [
    {
      description: 'A page for the browser',
      command: '<%= config.bin %> report s3://bucket/checkpoints -o report.html --quota 10TiB',
    },
    {
      description: 'Markdown, for a wiki or a mail',
      command: '<%= config.bin %> report /var/flink/checkpoints --format md',
    },
  ];
  static override args = {
    location: locationArgument('Where to measure'),
  };
  static override flags = {
    ...fromEnvironment({
      output: string({
        char: 'o',
        helpValue: 'FILE',
        description: 'Write the page to this file; to stdout where not given.',
      }),
      format: string({
        options: ['html', 'md'],
        description: 'What to write: by the name of FILE where not given, else html.',
      }),
      ...measuredFlags,
      bandwidth: string({ helpValue: 'RATE', description: 'Tell the time to restore at this rate.' }),
    }),
    ...storageFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Report);
    const session = this.openSession(flags);
    const { measureCapacity } = await import('../usecases/measure-capacity.js');
    const capacity = await measureCapacity(session.locateAll(args.location), {
      openReader: session.openReader,
      rewrites: flags.rewrite ?? [],
      concurrency: flags.concurrency,
      ...(await measuredQuestions(flags, session)),
      withSharing: true,
    });
    const { output } = flags;
    if (output !== undefined) {
      await writeOutputFile(session.locate(output), [await this.#page(capacity, flags)]);
      session.note(`the report is in ${session.locate(output).path}`);
    }
    if (flags.json || output === undefined) {
      await this.show(flags, {
        document: async () =>
          (await import('../render/measured-capacity-document.js')).measuredCapacityDocument(capacity),
        text: () => this.#page(capacity, flags),
      });
    }
    warnOf(capacity.problems, session.warn);
    this.endWith(statusAfter(capacity.problems));
  }

  async #page(
    capacity: MeasuredCapacity,
    { format, output }: { readonly format: string | undefined; readonly output: string | undefined },
  ): Promise<string> {
    const { capacityReport } = await import('../render/report/capacity-report.js');
    const report = capacityReport(capacity, { toolVersion: this.config.version });
    const wanted = format ?? (output?.endsWith('.md') ? 'md' : 'html');
    return wanted === 'md'
      ? (await import('../render/report/markdown.js')).reportMarkdown(report)
      : (await import('../render/report/html.js')).reportHtml(report);
  }
}
