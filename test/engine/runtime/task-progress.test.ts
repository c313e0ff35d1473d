// What tasks tell of themselves while they run: records, time, and the parts of a snapshot.
import { describe, expect, it } from 'vitest';
import { TaskTimes } from '../../../src/engine/runtime/task-times.js';
import { CollectSink } from '../../../src/index.js';
import type { JobEvent } from '../../../src/model/job-events.js';
import { ManualClock } from '../../../src/support/clock.js';
import { countingJob } from '../support/jobs.js';
import { simulate } from '../support/simulation.js';

describe('the progress of a job', () => {
  it('counts the records of each subtask, and what the tasks before it sent are those it got', async () => {
    const { host, job } = simulate({
      build: countingJob(new CollectSink(), { records: 900, keys: 7, parallelism: [2, 3, 1] }),
    });
    await host.run(job.result);
    const [source, count, sink] = job
      .graph()
      .vertices.map(({ head }) => job.progress().filter(({ vertexId }) => vertexId === head.id));
    const sum = (of: 'recordsIn' | 'recordsOut', tasks = source) =>
      (tasks ?? []).reduce((total, task) => total + task[of], 0);
    expect(source?.map(({ subtask }) => subtask)).toEqual([0, 1]);
    expect(sum('recordsOut')).toBe(900);
    expect([sum('recordsIn', count), sum('recordsOut', count), sum('recordsIn', sink)]).toEqual([
      900, 900, 900,
    ]);
    expect(job.progress().every(({ hasEnded }) => hasEnded)).toBe(true);
  });

  it('tells of each subtask that has acknowledged a checkpoint, whose sizes add up to the whole', async () => {
    const events: JobEvent[] = [];
    const { host, job } = simulate({
      build: countingJob(new CollectSink(), { records: 600, keys: 7, parallelism: [1, 2, 1] }),
      onEvent: (event) => events.push(event),
    });
    await host.run(job.result);
    const last = events.findLast((event) => event.kind === 'checkpoint-completed');
    if (last?.kind !== 'checkpoint-completed') throw new Error('no checkpoint was completed');
    const parts = events.filter(
      (event) => event.kind === 'checkpoint-acknowledged' && event.checkpointId === last.checkpointId,
    ) as Extract<JobEvent, { kind: 'checkpoint-acknowledged' }>[];
    expect(parts).toHaveLength(4);
    expect(parts.reduce((sum, { stateBytes }) => sum + stateBytes, 0)).toBe(last.stateBytes);
  });
});

describe('the time of a task', () => {
  it('is what it waited, what it was held up, and the rest', () => {
    const clock = new ManualClock(1000);
    const times = new TaskTimes(clock);
    clock.advance(5);
    times.waits();
    times.waits();
    clock.advance(20);
    times.woken();
    times.woken();
    times.blocked();
    clock.advance(300);
    expect(times.shares).toEqual({ busyMs: 5, backPressuredMs: 300, idleMs: 20 });
    times.unblocked();
    clock.advance(7);
    expect(times.shares).toEqual({ busyMs: 12, backPressuredMs: 300, idleMs: 20 });
  });
});
