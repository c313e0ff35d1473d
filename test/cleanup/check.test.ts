// What moves between a plan and its execution, and what stays because of it.
import { describe, expect, it } from 'vitest';
import { checkDeletions, type FoundFile, type FoundSnapshot, type Look } from '../../src/cleanup/check.js';
import type { DeletionKind } from '../../src/model/plan.js';
import { deletionOf } from './samples.js';

const AT_MS = Date.UTC(2026, 0, 1);
const [OLD, NEW] = ['memory:///r/chk-1', 'memory:///r/chk-2'];
const paths: Readonly<Record<string, DeletionKind>> = {
  [`${OLD}/_metadata`]: 'metadata',
  [`${OLD}/own`]: 'exclusive',
  [`${NEW}/_metadata`]: 'metadata',
  [`${NEW}/own`]: 'exclusive',
  'memory:///r/shared/both': 'shared',
  'memory:///r/shared/orphan': 'orphan',
};
const deletions = Object.entries(paths).map(([path, kind]) => deletionOf(kind, path, { etag: '"1"' }));

const file = (snapshots: number, rest: Partial<FoundFile> = {}): FoundFile => ({
  sizeBytes: 10,
  modifiedMs: AT_MS,
  etag: '"1"',
  job: 'job',
  snapshots,
  objection: null,
  ...rest,
});
const FILES: Readonly<Record<string, FoundFile>> = {
  [`${OLD}/_metadata`]: file(0),
  [`${OLD}/own`]: file(1),
  [`${NEW}/_metadata`]: file(0),
  [`${NEW}/own`]: file(1),
  'memory:///r/shared/both': file(2),
  'memory:///r/shared/orphan': file(0),
};
const snapshot = (path: string, objection: string | null = null): FoundSnapshot => ({
  snapshot: path,
  files: [`${path}/own`, 'memory:///r/shared/both'],
  objection,
});

interface Change {
  readonly files?: Readonly<Record<string, FoundFile | undefined>>;
  readonly snapshots?: readonly FoundSnapshot[];
}

/** What is skipped, by the path below the root, where the world has changed like that. */
function skippedAfter({ files = {}, snapshots }: Change, isResumed = false) {
  const found = Object.entries({ ...FILES, ...files }).flatMap(([path, status]) =>
    status === undefined ? [] : [[path, status] as const],
  );
  const look: Look = {
    blocks: [],
    files: new Map(found),
    uploads: new Map(),
    snapshots: snapshots ?? [snapshot(OLD), snapshot(NEW)],
    filesOfJob: new Map([['job', 10]]),
  };
  const { going, skipped } = checkDeletions(deletions, look, { isResumed });
  expect(going.length + skipped.length).toBe(deletions.length);
  return Object.fromEntries(skipped.map(({ path, reason }) => [path.replace('memory:///r/', ''), reason]));
}

const SHARED = 'memory:///r/shared/both';

describe('looking again before a deletion', () => {
  it('lets all go where nothing has changed', () => {
    expect(skippedAfter({})).toEqual({});
  });

  it.each<[string, Partial<FoundFile>]>([
    ['another size', { sizeBytes: 11 }],
    ['another time', { modifiedMs: AT_MS + 1 }],
    ['no time any more', { modifiedMs: null }],
    ['another ETag', { etag: '"2"' }],
  ])('keeps a file with %s', (_, change) => {
    expect(skippedAfter({ files: { [SHARED]: file(2, change) } })).toEqual({ 'shared/both': 'changed' });
  });

  it('keeps a file that one more snapshot references, shared or not', () => {
    expect(skippedAfter({ files: { [SHARED]: file(3), [`${OLD}/own`]: file(2) } })).toEqual({
      'shared/both': 'needed',
      'chk-1/own': 'needed',
    });
    expect(skippedAfter({ files: { 'memory:///r/shared/orphan': file(1) } })).toEqual({
      'shared/orphan': 'needed',
    });
  });

  it('keeps a file to which a rule objects by now, and names the rule', () => {
    const files = { 'memory:///r/shared/orphan': file(0, { objection: 'young' }) };
    expect(skippedAfter({ files })).toEqual({ 'shared/orphan': 'young' });
  });

  it('keeps a snapshot with all its files where its _metadata has changed, or something speaks for it', () => {
    const whole = (reason: string) => ({
      'chk-2/_metadata': reason,
      'chk-2/own': reason,
      'shared/both': 'needed',
    });
    const files = { [`${NEW}/_metadata`]: file(0, { etag: '"2"' }) };
    expect(skippedAfter({ files })).toEqual(whole('changed'));
    expect(skippedAfter({ snapshots: [snapshot(OLD), snapshot(NEW, 'pinned')] })).toEqual(whole('pinned'));
    expect(skippedAfter({ snapshots: [snapshot(OLD)] })).toEqual(whole('not-read'));
  });

  it('keeps what snapshots shared where one has been taken elsewhere, until a run has begun', () => {
    const moved = {
      files: { [`${NEW}/_metadata`]: undefined, [SHARED]: file(1) },
      snapshots: [snapshot(OLD)],
    };
    expect(skippedAfter(moved)).toEqual({
      'chk-2/_metadata': 'gone',
      'chk-2/own': 'gone',
      'shared/both': 'snapshot-gone',
    });
    const files = { ...moved.files, [`${NEW}/own`]: file(0) };
    expect(skippedAfter({ ...moved, files }, true)).toEqual({});
  });
});
