import { describe, expect, it } from 'vitest';
import type { ClusterAnswer, ClusterJob } from '../../src/liveness/cluster.js';
import { type Gathered, judgeEvidence, type WrittenLast } from '../../src/liveness/judge.js';
import { NewestFiles } from '../../src/liveness/newest-files.js';
import { livenessOf, type RunningCheckpoints } from '../../src/model/evidence.js';
import { parseUri } from '../../src/model/location.js';
import { MemoryStorage } from '../../src/storage/memory.js';
import { ManualClock } from '../../src/support/clock.js';

const HOUR = 3_600_000;
const NOW = 1_000 * HOUR;
const JOB = '0123456789abcdef0123456789abcdef';
const PLACE = parseUri('file:///c/flat')!;
const SEEN_NOTHING: WrittenLast = { ofJob: () => null, at: () => null };
const NOTHING: Gathered = {
  clusters: [],
  haDirectories: [],
  word: { jobs: [], locations: [] },
  clocks: [],
  failures: [],
};
const WORD: Gathered = { ...NOTHING, word: { jobs: [JOB], locations: [] } };
const PLACE_WORD: Gathered = { ...NOTHING, word: { jobs: [], locations: [PLACE] } };

const CHECKPOINTS: RunningCheckpoints = {
  lowestRetainedId: 5n,
  latestCompletedId: 6n,
  latestCompletedTriggerMs: 60,
  oldestInProgressId: 7n,
  oldestInProgressTriggerMs: 70,
  restoredId: null,
  hasCompletedOwn: true,
  timeoutMs: 600_000,
};

function cluster(source: string, job: Partial<ClusterJob> = {}): ClusterAnswer {
  const running = {
    id: JOB,
    name: 'orders',
    status: 'RUNNING',
    endedMs: null,
    checkpointTimeoutMs: 600_000,
    checkpoints: CHECKPOINTS,
    pins: [],
  };
  return { source, flinkVersion: '2.3.0', jobs: [{ ...running, ...job }] };
}

const ended = (source: string, endedMs: number) =>
  cluster(source, { status: 'FINISHED', endedMs, checkpoints: null });

const judge = (gathered: Partial<Gathered>, written: WrittenLast = SEEN_NOTHING) =>
  judgeEvidence({ ...NOTHING, ...gathered }, written, NOW);

describe('a job that clusters know', () => {
  it('has ended where one says so and none says otherwise', () => {
    expect(livenessOf(judge({ clusters: [ended('a', 5), ended('b', 9)] }), JOB)).toEqual({
      kind: 'ended',
      source: 'b',
      endedMs: 9,
      checkpointTimeoutMs: 600_000,
    });
  });

  it.each([
    ['before', [cluster('a'), ended('b', 5)]],
    ['after', [ended('b', 5), cluster('a')]],
  ])('runs where any says that it runs, %s one that says otherwise', (_, clusters) => {
    expect(livenessOf(judge({ clusters }), JOB)).toMatchObject({ kind: 'running', source: 'a' });
  });

  it('keeps the lower number of each of two answers, and nothing where one tells nothing', () => {
    const later: RunningCheckpoints = {
      ...CHECKPOINTS,
      lowestRetainedId: 6n,
      latestCompletedId: 7n,
      latestCompletedTriggerMs: 90,
      oldestInProgressId: null,
      oldestInProgressTriggerMs: null,
      hasCompletedOwn: false,
    };
    const both = [cluster('a'), cluster('a', { checkpoints: later })];
    expect(livenessOf(judge({ clusters: both }), JOB)).toMatchObject({
      checkpoints: { ...CHECKPOINTS, hasCompletedOwn: false },
    });
    const short: RunningCheckpoints = { ...CHECKPOINTS, lowestRetainedId: null };
    expect(
      livenessOf(judge({ clusters: [cluster('a'), cluster('a', { checkpoints: short })] }), JOB),
    ).toMatchObject({ checkpoints: { lowestRetainedId: null } });
    const silent = [cluster('a'), cluster('a', { checkpoints: null })];
    expect(livenessOf(judge({ clusters: silent }), JOB)).toMatchObject({
      kind: 'running',
      checkpoints: null,
    });
  });

  it('is unknown where they are silent', () => {
    expect(livenessOf(judge({ clusters: [{ source: 'a', flinkVersion: '1.20.0', jobs: [] }] }), JOB)).toEqual(
      {
        kind: 'unknown',
      },
    );
  });
});

describe('the user’s word', () => {
  it('holds where nothing speaks against it', () => {
    const evidence = judge(WORD);
    expect(evidence.contradictions).toEqual([]);
    expect(livenessOf(evidence, JOB)).toMatchObject({
      kind: 'ended',
      source: '--job-stopped',
      endedMs: null,
    });
  });

  it('does not hold against a cluster that shows the job running', () => {
    const evidence = judge({ ...WORD, clusters: [cluster('http://jm', { status: 'RESTARTING' })] });
    expect(livenessOf(evidence, JOB).kind).toBe('running');
    expect(evidence.contradictions[0]?.message).toContain('http://jm says that it is RESTARTING');
  });

  it('does not hold against high-availability storage that names a checkpoint of the job', () => {
    const haDirectories = [{ source: 'file:///ha', places: [`file:/c/${JOB}/chk-9`] }];
    const evidence = judge({ ...WORD, haDirectories });
    expect(livenessOf(evidence, JOB)).toEqual({ kind: 'unknown' });
    expect(evidence.contradictions[0]?.message).toContain('a JobManager would go on from it');
    expect(evidence.pins).toEqual([
      { path: `file:/c/${JOB}/chk-9`, source: 'file:///ha', reason: 'a JobManager would go on from it' },
    ]);
  });

  it.each([
    ['a minute ago', NOW - 60_000, 'unknown'],
    ['in the future', NOW + HOUR, 'unknown'],
    ['at a time that the store does not tell', Number.POSITIVE_INFINITY, 'unknown'],
    ['an hour ago', NOW - HOUR, 'ended'],
  ])('is held against a file that was written %s', (_, writtenMs, kind) => {
    const evidence = judge(WORD, { ...SEEN_NOTHING, ofJob: () => writtenMs });
    expect(livenessOf(evidence, JOB).kind).toBe(kind);
    expect(evidence.contradictions).toHaveLength(kind === 'ended' ? 0 : 1);
  });

  it('of a place holds until something is written there, or a source names a snapshot in it', () => {
    expect(judge(PLACE_WORD).stopped).toEqual([PLACE]);
    expect(judge(PLACE_WORD, { ...SEEN_NOTHING, at: () => NOW - 1 }).stopped).toEqual([]);
    const pins = [{ path: 'file:/c/flat/chk-3', reason: 'job x runs and retains it' }];
    const named = judge({ ...PLACE_WORD, clusters: [cluster('http://jm', { pins })] });
    expect(named.stopped).toEqual([]);
    expect(named.contradictions[0]).toMatchObject({
      code: 'evidence-contradicted',
      where: '--stopped file:///c/flat',
    });
  });
});

describe('what blocks', () => {
  it('is a source that could not be asked', () => {
    const failure = { code: 'evidence-unreachable', message: 'no', where: 'http://jm', next: null };
    expect(judge({ failures: [failure] }).blocks).toEqual([failure]);
  });

  it.each([
    [300_000, 0],
    [-300_000, 0],
    [300_001, 1],
    [-300_001, 1],
  ])('is a clock that is %i ms away: %i', (skewMs, blocks) => {
    const clocks = [{ source: 's3://b', theirMs: NOW + skewMs, ourMs: NOW }];
    expect(judge({ clocks }).blocks).toHaveLength(blocks);
  });
});

describe('NewestFiles', () => {
  it('takes from a listing when jobs and places were last written to', async () => {
    const clock = new ManualClock(NOW);
    const storage = new MemoryStorage({ clock });
    const at = (path: string) => parseUri(`memory://${path}`)!;
    const other = 'f'.repeat(32);
    for (const directory of [`/c/${JOB}/shared`, `/c/${other}/chk-1`, '/c/flat']) {
      await storage.makeDirectory(at(directory));
    }
    await storage.put(at(`/c/${JOB}/shared/x`), new Uint8Array(1));
    clock.advance(HOUR);
    await storage.put(at(`/c/${JOB}/shared/y`), new Uint8Array(1));
    await storage.put(at('/c/flat/chk-1'), new Uint8Array(1));
    clock.advance(HOUR);
    await storage.put(at(`/c/${other}/chk-1/z`), new Uint8Array(1));
    const newest = new NewestFiles({ jobs: [JOB], locations: [at('/c/flat'), at('/c/none')] });
    const reader = await newest.watch(async () => storage)(at('/c'));
    for await (const _ of reader.list(at('/c'))) {
      // Only the look on matters.
    }
    expect(newest.ofJob(JOB)).toBe(NOW + HOUR);
    expect(newest.at(at('/c/flat'))).toBe(NOW + HOUR);
    expect(newest.at(at('/c/none'))).toBeNull();
    expect(newest.ofJob(other)).toBeNull();
  });
});
