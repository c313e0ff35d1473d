// Runs jobs as `ckpt run` does, in this process and in a directory of their own, with storage that may fail.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobEvent } from '../../src/model/job-events.js';
import { type Location, parseLocation } from '../../src/model/location.js';
import type { RunReport } from '../../src/model/run-report.js';
import { faultyStorage, type StorageCall } from '../../src/storage/intercepted.js';
import { openReader, openRemover } from '../../src/storage/open.js';
import { systemClock } from '../../src/support/clock.js';
import type { CkptError, StorageErrorKind } from '../../src/support/errors.js';
import { systemEventLoop } from '../../src/support/event-loop.js';
import { seededRandom } from '../../src/support/random.js';
import { type RunRequest, runJob } from '../../src/usecases/run-job.js';
import { testSeed } from '../support/runs.js';

export interface Overrides extends Partial<RunRequest> {
  /** How a call to the storage of the checkpoints fails. */
  readonly fault?: (call: StorageCall) => StorageErrorKind | null;
  readonly signal?: AbortSignal;
  readonly watch?: (event: JobEvent) => void;
}

/** What came of a run; either `report` or `error` is null. */
export interface Outcome {
  readonly report: RunReport | null;
  readonly error: CkptError | null;
  /** What the job printed. */
  readonly lines: readonly string[];
  readonly events: readonly JobEvent[];
}

/** A directory for jobs; checkpoints go to `checkpoints` in there. */
export class Workplace {
  readonly directory = realpathSync(mkdtempSync(join(tmpdir(), 'ckpt-run-')));

  at(name: string): string {
    return join(this.directory, name);
  }

  locate = (text: string): Location => parseLocation(text, this.directory);

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Runs `example:counter` with a checkpoint every 10 ms, except for what is said otherwise. */
  async run({ fault = () => null, signal, watch = () => {}, ...request }: Overrides): Promise<Outcome> {
    const lines: string[] = [];
    const events: JobEvent[] = [];
    const storage = faultyStorage(await openRemover(this.locate('.')), fault);
    const world = {
      locate: this.locate,
      openReader,
      openRemover: async () => storage,
      clock: systemClock,
      random: seededRandom(testSeed),
      eventLoop: systemEventLoop,
      signal: signal ?? new AbortController().signal,
      output: (line: string) => lines.push(line),
      onEvent: (event: JobEvent) => {
        events.push(event);
        watch(event);
      },
    };
    return runJob({ ...this.#defaults(), ...request }, world).then(
      (report) => ({ report, error: null, lines, events }),
      (error) => ({ report: null, error, lines, events }),
    );
  }

  #defaults(): RunRequest {
    return {
      job: 'example:counter',
      args: [],
      properties: EVERY_10_MS,
      checkpointDirectory: this.locate('checkpoints'),
      snapshot: null,
      claimMode: 'no-claim',
      allowNonRestoredState: false,
      formatVersion: undefined,
      onFinish: 'retain',
      failAfterRecords: undefined,
      failAtCheckpoint: undefined,
      stopAfterCheckpoints: undefined,
      stopSavepoint: null,
      rest: null,
    };
  }
}

const EVERY_10_MS = [
  ['execution.checkpointing.interval', '10ms'],
  ['restart-strategy.fixed-delay.delay', '0'],
] as const;
