// Plans as they come back from files: the good one is the same, every bad one is refused by name.
import { describe, expect, it } from 'vitest';
import { readPlan, requireFresh } from '../../src/cleanup/plan-document.js';
import type { Plan, PlanContents, PlannedDeletion } from '../../src/model/plan.js';
import { RefusalError } from '../../src/support/errors.js';
import { deletionOf, JOB, NOW_MS, planOf, planText, ROOT } from './samples.js';

const read = (text: string) => readPlan([Buffer.from(text)], { where: 'plan.json', toolVersion: '1.0.0' });
const metadata = deletionOf('metadata', `${JOB}/chk-1/_metadata`);
const good = planOf([metadata, deletionOf('exclusive', `${JOB}/chk-1/a`, { etag: '"1"' })]);

async function ruleOf(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (thrown) {
    if (thrown instanceof RefusalError) return thrown.rule;
    throw thrown;
  }
  return 'accepted';
}

const changed = (plan: Plan, change: object) => JSON.stringify({ ...JSON.parse(planText(plan)), ...change });
const withPath = (path: string, kind: PlannedDeletion['kind'] = 'orphan', rest: Partial<PlanContents> = {}) =>
  planText(planOf([deletionOf(kind, path)], rest));
const withSecond = (name: string) =>
  planText(planOf(['a', name].map((each) => deletionOf('orphan', `${ROOT}/${each}`))));

describe('reading a plan', () => {
  it('gives back what was written, whatever the order of the fields', async () => {
    expect(await read(planText(good))).toEqual(good);
    const turned = Object.fromEntries(Object.entries(JSON.parse(planText(good))).reverse());
    expect(await read(JSON.stringify(turned))).toEqual(good);
  });

  it('has the same name in every version, by which its journal is found', () => {
    expect(good.planId).toBe('cae5633d6505805c5e4519ea7fcbd8de2c6d9128c40c9d3daec62b311b0daad1');
  });

  it.each<[string, string, string]>([
    ['no JSON', '{"schema"', 'plan-unreadable'],
    ['another document', '{"schema":"ckpt/audit","schemaVersion":1}', 'plan-unreadable'],
    ['a later form', changed(good, { schemaVersion: 2 }), 'plan-unreadable'],
    ['a field more', changed(good, { force: true }), 'plan-unreadable'],
    ['an unknown kind', planText(good).replace('"exclusive"', '"directory"'), 'plan-unreadable'],
    ['another root', changed(good, { roots: ['memory:///'] }), 'plan-edited'],
    ['one deletion less', changed(good, { deletions: [] }), 'plan-edited'],
    ['a later expiry', changed(good, { expiresAt: '2030-01-01T00:00:00.000Z' }), 'plan-edited'],
    ['another version', planText(planOf([], { toolVersion: '0.9.0' })), 'plan-of-another-version'],
    ['a path beside the root', withPath('memory:///flink2/a'), 'plan-leaves-its-roots'],
    ['a path in another store', withPath('file:///flink/a'), 'plan-leaves-its-roots'],
    ['the root itself', withPath(ROOT, 'empty-directory'), 'plan-leaves-its-roots'],
    ['a path that climbs', withPath(`${ROOT}/../etc/passwd`), 'plan-unreadable'],
    ['a relative path', withPath('flink/a'), 'plan-unreadable'],
    ['a path of no store', withPath('/a'), 'plan-unreadable'],
    ['a path that climbs, beside a good one', withSecond('..'), 'plan-unreadable'],
    ['a path without a name, beside a good one', withSecond(''), 'plan-unreadable'],
    ['the lock, beside a good one', withSecond('.ckpt-lock'), 'plan-of-own-files'],
    ['the journal, beside a good one', withSecond('.ckpt-journal'), 'plan-of-own-files'],
    ['a _metadata as an orphan, beside a good one', withSecond('_metadata'), 'plan-unreadable'],
    ['a file in the trash', withPath(`${ROOT}/.ckpt-trash/run/a`), 'plan-of-own-files'],
    ['the lock', withPath(`${ROOT}/.ckpt-lock`), 'plan-of-own-files'],
    ['a path twice', planText(planOf([metadata, metadata])), 'plan-unreadable'],
    ['a _metadata as an orphan', withPath(`${JOB}/chk-1/_metadata`), 'plan-unreadable'],
    ['a file as metadata', withPath(`${JOB}/chk-1/a`, 'metadata'), 'plan-unreadable'],
    ['files of a snapshot that stays', planText(planOf([metadata], { snapshots: [] })), 'plan-unreadable'],
  ])('refuses %s', async (_, text, rule) => {
    expect(await ruleOf(() => read(text))).toBe(rule);
  });

  it('refuses a plan that has expired, and one that had when it was made', async () => {
    expect(await ruleOf(() => requireFresh(good, NOW_MS))).toBe('accepted');
    expect(await ruleOf(() => requireFresh(good, NOW_MS + 86_400_000))).toBe('plan-expired');
    const backwards = planOf([], { expiresAt: new Date(NOW_MS - 1).toISOString() });
    expect(await ruleOf(() => requireFresh(backwards, NOW_MS - 2))).toBe('plan-expired');
  });
});
