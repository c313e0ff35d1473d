// A user's job inside this process. Its code can let an error escape that nobody awaits, wait for what never happens, or
// end the process: each of them is a failure of the job, never a success and never a bug of ours. A job that keeps the
// thread to itself is out of reach: no handler runs then.
import { JobError } from '../support/errors.js';
import { systemEventLoop } from '../support/event-loop.js';
import { loadVoice } from './complaint.js';

export interface HostedJob {
  /** As the user named it. */
  readonly name: string;
  /** Aborted when the user has asked for the end of the job. */
  readonly signal: AbortSignal;
  /** The error to be shown for what nobody caught: `thrown` itself where the job's code is not to blame for it. */
  readonly explain: (thrown: unknown) => unknown;
  /** Whether stdout is for one document alone: then what the job writes there goes to stderr. */
  readonly isStdoutTaken: boolean;
}

let blame: (thrown: unknown) => boolean = () => false;

/** Hands what nobody caught to the job that runs, and fails it; false where it is not the job's to answer for. */
export function blameJob(thrown: unknown): boolean {
  return blame(thrown);
}

/**
 * Does `work`, which runs the job, then `show` with its result. Rejects too where the job lets an error escape, or leaves
 * nothing to wait for. Once the result is shown it stands, whatever the job's code does.
 */
export async function hostJob<T>(
  job: HostedJob,
  work: () => Promise<T>,
  show: (result: T) => Promise<void>,
): Promise<void> {
  const say = await loadVoice(process.argv.slice(2));
  const giveBack = job.isStdoutTaken ? divertStdout() : () => {};
  const atExit = () => {
    giveBack();
    process.exitCode = job.signal.aborted ? 130 : 1;
    if (!job.signal.aborted) say(endedError(job));
  };
  let atStandstill = () => {};
  const failure = new Promise<never>((_resolve, reject) => {
    blame = (thrown) => {
      reject(job.explain(thrown));
      return true;
    };
    atStandstill = () => reject(standstillError(job));
  });
  process.on('exit', atExit).on('beforeExit', atStandstill);
  try {
    const result = await Promise.race([work(), failure]);
    await Promise.race([rejectionsSeen(), failure]);
    giveBack();
    await show(result);
    blame = (thrown) => job.explain(thrown) !== thrown;
  } finally {
    giveBack();
    process.off('exit', atExit).off('beforeExit', atStandstill);
  }
}

/** What anybody writes to stdout goes to stderr until the function is called that it returns. */
function divertStdout(): () => void {
  const { stdout, stderr } = process;
  const write = stdout.write;
  stdout.write = stderr.write.bind(stderr);
  return () => {
    stdout.write = write;
  };
}

/** Node tells of a rejection that nobody handles at the end of the turn. */
function rejectionsSeen(): Promise<void> {
  return new Promise((resolve) => systemEventLoop.nextTurn(resolve));
}

function endedError({ name }: HostedJob): JobError {
  return new JobError(`the code of the job ${name} ended the process`, {
    where: name,
    next: 'take process.exit out of the job: return where it is done, throw where it fails',
  });
}

function standstillError({ name }: HostedJob): JobError {
  return new JobError(`the job ${name} waits for something that can never happen`, {
    where: name,
    next: 'look for a promise in the job that nothing settles',
  });
}
