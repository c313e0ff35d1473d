// A real Flink cluster with its REST API, for as long as a test needs it; see ClusterCommand of test/peers/flink.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { PEER_JAR } from './flink.js';

export interface FlinkCluster {
  /** Its REST API. */
  readonly rest: URL;
  /** Starts a job, restored from `snapshot` where one is given; resolves with its id once it has a checkpoint. */
  start(snapshot?: string, claimMode?: 'CLAIM' | 'NO_CLAIM'): Promise<string>;
  /** Cancels a job; resolves with the last checkpoint that it retains once the job has ended. */
  cancel(job: string): Promise<string>;
  /** Stores a snapshot in a high-availability directory as a JobManager does. */
  keep(snapshot: string, haDirectory: string): Promise<void>;
}

/** Runs `use` with a cluster whose jobs have their checkpoints below `directory`; the cluster is gone afterwards. */
export async function withCluster(
  directory: string,
  use: (cluster: FlinkCluster) => Promise<void>,
): Promise<void> {
  const child = spawn('java', ['-jar', PEER_JAR, 'cluster', directory], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<Record<string, string>> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error('the cluster has ended');
    return JSON.parse(value);
  };
  const say = (...words: string[]) => {
    child.stdin.write(`${words.join(' ')}\n`);
    return answer();
  };
  try {
    const { rest = '' } = await answer();
    await use({
      rest: new URL(rest),
      start: async (snapshot, claimMode = 'NO_CLAIM') =>
        (await (snapshot === undefined ? say('start') : say('start', snapshot, claimMode))).job!,
      cancel: async (job) => (await say('cancel', job)).snapshot!,
      keep: async (snapshot, haDirectory) => {
        await say('keep', snapshot, haDirectory);
      },
    });
  } finally {
    const ended = once(child, 'close');
    child.kill();
    await ended;
  }
}
