import { describe, expect, it } from 'vitest';
import { parseUri } from '../../src/model/location.js';
import type { RunReport } from '../../src/model/run-report.js';
import { PLAIN } from '../../src/render/palette.js';
import { formatMs, renderJobEvent, renderRunReport, runDocument } from '../../src/render/run.js';

const location = parseUri('file:///checkpoints/job/chk-7')!;
const checkpoint = {
  id: 7,
  path: 'file:///checkpoints/job/chk-7',
  durationMs: 12,
  stateBytes: 2048,
  metadataBytes: 300,
  files: 2,
};
const report: RunReport = {
  jobId: '0123456789abcdef0123456789abcdef',
  job: 'word-count',
  state: 'FINISHED',
  durationMs: 2500,
  restarts: 1,
  sourceRecords: 1_000_000,
  completedCheckpoints: 5,
  failedCheckpoints: 0,
  savepoint: null,
  retained: [{ ...checkpoint, id: 6, path: 'file:///checkpoints/job/chk-6' }, checkpoint],
};

describe('an event of a job', () => {
  it.each([
    [
      { kind: 'job-started', jobId: report.jobId, jobName: 'word-count', tasks: 1 },
      'word-count runs as job 0123456789abcdef0123456789abcdef, 1 task',
    ],
    [
      {
        kind: 'checkpoint-completed',
        checkpointId: 7,
        location,
        durationMs: 12,
        stateBytes: 2048,
        metadataBytes: 300,
        files: 2,
      },
      'checkpoint 7: 2.0 KiB of state, 2 files, 12 ms, file:///checkpoints/job/chk-7',
    ],
    [
      { kind: 'rest-listening', url: 'http://127.0.0.1:8081/' },
      'web page and REST API at http://127.0.0.1:8081/',
    ],
    [
      { kind: 'restored', checkpointId: 7, location, stateBytes: 2048, isSavepoint: false },
      'restored checkpoint 7, 2.0 KiB of state, from file:///checkpoints/job/chk-7',
    ],
    [
      {
        kind: 'checkpoint-failed',
        checkpointId: 8,
        reason: 'expired',
        error: new Error('too\nlate'),
        counted: true,
      },
      'checkpoint 8 failed (expired): too\\nlate',
    ],
    [
      { kind: 'task-failed', task: 'Map (1/2)', error: new Error('boom'), isLast: false },
      'failure of Map (1/2): boom',
    ],
    [
      { kind: 'close-failed', task: 'Map (1/2)', error: new Error('stuck') },
      'close of Map (1/2) failed: stuck',
    ],
    [
      { kind: 'restarting', attempt: 2, delayMs: 1000, checkpointId: 7 },
      'restart 2 in 1.0 s, from checkpoint 7',
    ],
    [
      { kind: 'restarting', attempt: 1, delayMs: 50, checkpointId: null },
      'restart 1 in 50 ms, from the beginning: there is no complete checkpoint',
    ],
    [
      { kind: 'started-afresh', newest: location },
      'starts from the beginning; to go on from the newest earlier snapshot: -s file:///checkpoints/job/chk-7',
    ],
    [
      { kind: 'cleanup-failed', location, error: new Error('denied') },
      'left behind: file:///checkpoints/job/chk-7: denied',
    ],
    [{ kind: 'checkpoint-triggered', checkpointId: 7, savepointFormat: null, stopsJob: false }, null],
    [
      {
        kind: 'checkpoint-failed',
        checkpointId: 8,
        reason: 'job-end',
        error: new Error('over'),
        counted: false,
      },
      null,
    ],
    // The error that the command ends with says the same.
    [{ kind: 'task-failed', task: 'Map (1/2)', error: new Error('boom'), isLast: true }, null],
  ] as const)('is a line where it is worth one: $0.kind', (event, line) => {
    expect(renderJobEvent(event, PLAIN)).toBe(line);
  });
});

describe('the end of a run', () => {
  it('is told in numbers, with the way to go on', () => {
    expect(renderRunReport(report, PLAIN)).toBe(
      [
        'finished: 1,000,000 records in 2.5 s (400,000/s), 5 checkpoints, 1 restart',
        '2 checkpoints retained, the newest: file:///checkpoints/job/chk-7 (go on from it with -s)',
      ].join('\n'),
    );
  });

  it('has nothing to go on from where nothing was retained', () => {
    const without = {
      ...report,
      state: 'CANCELED',
      restarts: 0,
      failedCheckpoints: 2,
      durationMs: 0,
      retained: [],
    } as const;
    expect(renderRunReport(without, PLAIN)).toBe(
      'cancelled: 1,000,000 records in 0 ms (0/s), 5 checkpoints, 2 failed',
    );
  });

  it('names the savepoint that the job stopped with, which is its newest snapshot', () => {
    const savepoint = 'file:///savepoints/savepoint-012345-6789abcdef01';
    const stopped = { ...report, savepoint };
    expect(renderRunReport(stopped, PLAIN)).toContain(`savepoint: ${savepoint} (go on from it with -s)`);
    expect(runDocument(stopped)).toMatchObject({ savepoint, newestSnapshot: savepoint });
  });

  it('is a document with the newest snapshot', () => {
    expect(runDocument(report)).toEqual({
      jobId: report.jobId,
      job: 'word-count',
      savepoint: null,
      state: 'FINISHED',
      durationMs: 2500,
      restarts: 1,
      sourceRecords: 1_000_000,
      checkpoints: { completed: 5, failed: 0, retained: report.retained },
      newestSnapshot: 'file:///checkpoints/job/chk-7',
    });
    expect(runDocument({ ...report, retained: [] })).toMatchObject({ newestSnapshot: null });
  });

  it.each([
    [0.4, '0 ms'],
    [999, '999 ms'],
    [3400, '3.4 s'],
    [125_000, '2 min 5 s'],
  ])('shows %d ms as %s', (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });
});
