import { boolean } from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.js';
import { describe, type ExitStatus } from '../cli/exit-codes.js';
import { fromEnvironment, storageFlags } from '../cli/flags.js';
import { locationArgument } from '../cli/location-argument.js';
import { statusAfter, warnOf } from '../cli/problems.js';
import type { VerifyReport } from '../model/verify-report.js';

const DESCRIPTION = `\
Looks up every file that every snapshot references: whether it is there, with the recorded size. A merged file must reach
to the end of its furthest segment, a changelog file may be one byte longer than recorded. Of what is missing it says
whose state it was: operators, subtasks, key groups.

--deep also reads the files, each once: to their ends, the checksums of RocksDB's blocks, the headers of state files,
key groups and elements where their offsets say. What has no checksum can be wrong in ways that are not seen.

A checkpoint without _metadata is no damage where a directory above it is verified: it may be under way.`;

export default class Verify extends BaseCommand {
  static override summary = 'Check that every file of every snapshot is there and whole.';
  static override exitCodes = [3, 6] as const;
  static override description = describe(DESCRIPTION, Verify.exitCodes);
  static override examples = [
    { description: 'All snapshots below a directory', command: '<%= config.bin %> verify s3://bucket/flink' },
    {
      description: 'One savepoint, every byte of it',
      command: '<%= config.bin %> verify ./savepoint-6f3a00-0a1b2c3d4e5f --deep',
    },
    {
      description: 'What was lost, for a script',
      command: `<%= config.bin %> verify ./chk-42 --json | jq '.snapshots[].missing[].operators'`,
    },
  ];
  static override args = {
    location: locationArgument('What to verify'),
  };
  static override flags = {
    ...fromEnvironment({
      deep: boolean({ description: 'Read the files too.' }),
    }),
    ...storageFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Verify);
    const session = this.openSession(flags);
    const { verifySnapshots } = await import('../usecases/verify-snapshots.js');
    const report = await verifySnapshots(session.locateAll(args.location), {
      openReader: session.openReader,
      rewrites: flags.rewrite ?? [],
      concurrency: flags.concurrency,
      deep: flags.deep,
    });
    await this.show(flags, {
      document: async () => (await import('../render/verify-document.js')).verifyDocument(report),
      text: async (look) => (await import('../render/verify.js')).renderVerify(report, look),
    });
    warnOf(report.problems, session.warn);
    this.endWith(statusOf(report));
  }
}

/** Damage that was seen outweighs what could not be looked at. */
function statusOf({ roots, snapshots, problems }: VerifyReport): ExitStatus {
  const meant = new Set(roots.filter(({ takenFor }) => takenFor === 'snapshot').map(({ path }) => path));
  const unread = statusAfter([...problems, ...snapshots.map(({ error }) => error)]);
  const damaged = snapshots.some(({ path, condition, error }) => {
    if (condition === 'incomplete') return meant.has(path);
    return condition === 'broken' || (error !== null && statusAfter([error]) === 0);
  });
  if (damaged) return 3;
  return snapshots.some(({ unverified }) => unverified.length > 0) ? 6 : unread;
}
