import { describe, expect, it } from 'vitest';
import { renderList } from '../../src/render/list.js';
import { PLAIN } from '../../src/render/palette.js';
import { nameJobs, parseJobNames } from '../../src/usecases/name-jobs.js';
import { NOW, row } from '../render/samples.js';

const A = `aaaaaa${'0'.repeat(26)}`;
const B = `bbbbbb${'0'.repeat(26)}`;
const parse = (text: string) => [...parseJobNames(text, 'file:///jobs')];

describe('parseJobNames', () => {
  it.each([
    ['lines', `# mine\n${A} orders of today\n\n${B}\tpayments\n`],
    ['commas', `${A},orders of today\r\n${B} , payments`],
    ['equals', `${A.toUpperCase()}=orders of today\n${B} = payments`],
    ['JSON', JSON.stringify({ [A]: 'orders of today', [B]: 'payments' })],
    [
      'what a cluster answers',
      JSON.stringify({
        jobs: [
          { jid: A, name: 'orders of today', state: 'RUNNING' },
          { jid: B, name: 'payments' },
        ],
      }),
    ],
  ])('reads %s', (_, text) => {
    expect(parse(text)).toEqual([
      [A, 'orders of today'],
      [B, 'payments'],
    ]);
  });

  it.each([['orders'], [`${A}`], ['{'], ['[1]'], ['{"jobs":[null]}'], [`{"${A}": 7}`], ['{"x":"y"}']])(
    'refuses %s',
    (text) => {
      expect(() => parse(text)).toThrow(/has no names of jobs/);
    },
  );
});

describe('nameJobs', () => {
  const names = new Map([
    [A, 'orders'],
    [B, 'orders'],
  ]);
  const list = {
    roots: [{ path: 'file:///c', takenFor: 'checkpoint-root' as const }],
    snapshots: [
      row({ job: A, path: `file:///c/${A}/chk-1` }),
      row({ job: B, path: `file:///c/${B}/chk-2` }),
      row({
        job: null,
        jobPrefix: 'aaaaaa',
        kind: 'savepoint',
        path: 'file:///c/savepoint-aaaaaa-000000000000',
      }),
      row({
        job: null,
        jobPrefix: 'cccccc',
        kind: 'savepoint',
        path: 'file:///c/savepoint-cccccc-000000000000',
      }),
    ],
    problems: [],
  };

  it('names checkpoints by their jobs and savepoints by the beginning of theirs', () => {
    expect(nameJobs(list, names).snapshots.map(({ jobName }) => jobName)).toEqual([
      'orders',
      'orders',
      'orders',
      null,
    ]);
  });

  it('gives a savepoint no name where two jobs begin alike', () => {
    const twins = new Map([...names, [`aaaaaa${'1'.repeat(26)}`, 'payments']]);
    expect(nameJobs(list, twins).snapshots[2]?.jobName).toBeNull();
  });

  it.each([
    ['job', [`job ${A} orders`, `job ${B} orders`, 'no job id']],
    ['name', ['orders', 'no job id']],
    ['kind', ['checkpoints', 'savepoints']],
    ['none', ['all snapshots']],
  ] as const)('is shown grouped by %s', (groupBy, headings) => {
    const look = { palette: PLAIN, width: 200 };
    const text = renderList(nameJobs(list, names), { nowMs: NOW, groupBy }, look);
    const found = text.split('\n').filter((line) => /^\S.* {2}file:/.test(line));
    expect(found.map((line) => line.split('  ')[0])).toEqual(headings);
  });
});
