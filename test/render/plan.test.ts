// A plan for people: what no golden file of the commands shows.
import { expect, it } from 'vitest';
import type { Plan } from '../../src/model/plan.js';
import { PLAIN } from '../../src/render/palette.js';
import { renderPlan } from '../../src/render/plan.js';

const NOTHING: Plan = {
  planId: '0123456789abcdef',
  toolVersion: '0.0.0',
  createdAt: '2026-03-01T12:00:00.000Z',
  expiresAt: '2026-03-02T12:00:00.000Z',
  roots: ['file:///flink'],
  policy: { 'min-age': '1s' },
  evidence: { sources: {}, jobs: [] },
  snapshots: [],
  deletions: [],
  heldBack: [],
  totals: { files: 0, bytes: 0, bytesFreedNow: 0, bytesFreedAfterTrash: 0, uploads: 0, heldBack: 0 },
  noop: true,
};

const textOf = (plan: Partial<Plan>) => renderPlan({ ...NOTHING, ...plan }, { palette: PLAIN, width: 100 });

it('names the flag and its floors where something stays for being young', () => {
  const young = { rule: 'young', text: 'younger than 1d' };
  const snapshots = [{ path: 'file:///flink/chk-1', action: 'keep' as const, reasons: [young] }];
  const heldBack = [{ path: 'file:///flink/x', reason: 'young' }];
  for (const plan of [{ snapshots }, { heldBack }])
    expect(textOf(plan)).toContain('--min-age is 1s, and never less than is safe: 1h where a job has ended');
  expect(textOf({})).not.toContain('--min-age');
});
