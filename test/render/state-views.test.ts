import { describe, expect, test } from 'vitest';
import { diffSnapshots } from '../../src/graph/diff.js';
import { checkRestore } from '../../src/graph/restore-check.js';
import { canonicalKey, parseLocation } from '../../src/model/location.js';
import type { OperatorStates, StateValues } from '../../src/model/state-report.js';
import { renderDiff } from '../../src/render/diff.js';
import { diffDocument } from '../../src/render/diff-document.js';
import { renderInspect } from '../../src/render/inspect.js';
import { inspectDocument } from '../../src/render/inspect-document.js';
import { toJson } from '../../src/render/json.js';
import { PLAIN } from '../../src/render/palette.js';
import { renderRestoreCheck } from '../../src/render/restore-check.js';
import { renderStateValues, stateValuesDocument } from '../../src/render/state-values.js';
import { tableOf } from '../support/reference-tables.js';
import { NOW, sampleReport } from './samples.js';

const inspected = (...args: Parameters<typeof renderInspect>) => [...renderInspect(...args)].join('');
const compared = (...args: Parameters<typeof renderDiff>) => [...renderDiff(...args)].join('');
const WIDE = { palette: PLAIN, width: 140 };

const described: OperatorStates = {
  id: '6d2677a0ecc3fd8df0b72ec675edf8f4',
  states: [
    {
      name: 'count',
      kind: 'value',
      key: 'string',
      namespace: 'void namespace',
      value: 'long',
      bytes: 5_000n,
      rawBytes: 12_000n,
      entries: 200,
      entriesAreWrites: true,
    },
    {
      name: 'odd\u001b[31m',
      kind: 'unknown',
      key: 'string',
      namespace: null,
      value: null,
      bytes: null,
      rawBytes: null,
      entries: null,
      entriesAreWrites: false,
    },
    {
      name: 'seen',
      kind: 'map',
      key: 'string',
      namespace: 'void namespace',
      value: 'map<string, long>',
      bytes: 9_000n,
      rawBytes: 9_000n,
      entries: 1_200,
      entriesAreWrites: false,
    },
  ],
  keyGroups: [
    { keyGroup: 0, bytes: 4_000n },
    { keyGroup: 7, bytes: 10_000n },
  ],
  remarks: [{ state: null, subtasks: [1, 2], reason: 'the file is not there' }],
};

describe('the states', () => {
  const options = { nowMs: NOW, withFiles: false, top: undefined, operator: undefined, states: [described] };

  test('stand by size, with types, the spread over key groups and what was not told', async () => {
    const text = inspected(sampleReport, options, WIDE);
    await expect(text.slice(text.indexOf('States\n'))).toMatchFileSnapshot('golden/states-140.txt');
  });

  test('take the place of the named states in JSON', () => {
    const document = inspectDocument(sampleReport, options);
    const found = document.operators.find(({ id }) => id === described.id);
    const { states, keyGroups, remarks } = described;
    expect(found).toMatchObject({ states, keyGroups, remarks });
  });
});

describe('values', () => {
  const values: StateValues = {
    operator: { id: described.id, name: 'count by user', uid: 'count' },
    state: { name: 'count', kind: 'value', key: 'string', namespace: 'time window', value: 'long' },
    rows: [
      { subtask: 0, key: 'a\n', namespace: null, value: 2n ** 60n },
      { subtask: 0, key: 'b', namespace: { startMs: 0n, endMs: 60_000n }, value: ['x', null] },
      { subtask: 1, key: 5n, namespace: null, value: new Map<unknown, unknown>([['k', Number.NaN]]) },
      { subtask: 1, key: true, namespace: null, value: Uint8Array.of(1, 255) },
      { subtask: 1, key: 1.5, namespace: null, value: new Set(['s']) },
    ],
  };

  test('are one line each, whatever is in them', () => {
    expect(renderStateValues(values)).toBe(
      [
        'a\\n = 1152921504606846976',
        'b @ {startMs: 0, endMs: 60000} = [x, null]',
        '5 = {k: NaN}',
        'true = 0x01ff',
        '1.5 = {s}',
        '',
      ].join('\n'),
    );
  });

  test('of an operator are named by the subtask', () => {
    const state = {
      name: 'buffer',
      kind: 'operator-list',
      key: null,
      namespace: null,
      value: 'long',
    } as const;
    const rows = [{ subtask: 2, key: null, namespace: null, value: [1n, 2n] }];
    expect(renderStateValues({ ...values, state, rows })).toBe('subtask 2 = [1, 2]\n');
  });

  test('are typed in JSON: longs as decimal strings, maps as lists', () => {
    const document = stateValuesDocument('file:///s', values);
    expect(document.values.map(({ key, value }) => [key, value])).toEqual([
      ['a\n', '1152921504606846976'],
      ['b', ['x', null]],
      ['5', [{ key: 'k', value: 'NaN' }]],
      [true, '01ff'],
      [1.5, ['s']],
    ]);
    expect(document.values[1]!.namespace).toEqual({ startMs: '0', endMs: '60000' });
  });
});

test('the restore check says what is found, left over and new, and that it looks at structure only', async () => {
  const check = checkRestore(sampleReport.operators, [{ uid: 'new', parallelism: null }], 256);
  const found = {
    ...check,
    found: [
      {
        uid: 'count',
        id: described.id,
        name: 'count by user',
        bytes: 5n,
        maxParallelism: 128,
        problem: 'its max parallelism is 128, not 256',
      },
    ],
  };
  await expect(renderRestoreCheck(sampleReport.path, found, WIDE)).toMatchFileSnapshot(
    'golden/restore-check-140.txt',
  );
});

describe('a diff', () => {
  const file = (path: string, sizeBytes: bigint) =>
    ({
      location: parseLocation(path, '/'),
      kind: 'file',
      scope: 'shared',
      sizeBytes,
      sizeRule: 'exact',
      handles: 1,
    }) as const;
  const [first, second, third] = sampleReport.operators;
  const before = {
    report: { ...sampleReport, operators: [first!, { ...second!, fullBytes: 10n ** 9n }] },
    files: tableOf([file('/s/1', 1_000n), file('/s/2', 5_000n)]),
    localFiles: new Map([['1.sst', canonicalKey(parseLocation('/s/1', '/'))]]),
    states: null,
  };
  const after = {
    report: {
      ...sampleReport,
      checkpointId: 9n,
      operators: [{ ...first!, states: [] }, second!, { ...third!, fullBytes: 7n }],
      fullBytes: 2n ** 31n,
    },
    files: tableOf([file('/s/2', 6_000n), file('/t/1', 1_000n)]),
    localFiles: new Map([['1.sst', canonicalKey(parseLocation('/t/1', '/'))]]),
    states: null,
  };
  const diff = diffSnapshots(before, after);

  test('shows growth by operator and state, and the files', async () => {
    const text = compared(diff, { withFiles: true, top: undefined }, WIDE);
    await expect(text).toMatchFileSnapshot('golden/diff-140.txt');
  });

  test('has the files by name in JSON only where they are asked for', async () => {
    const document = diffDocument(diff, { withFiles: true, top: undefined });
    await expect(toJson(document)).toMatchFileSnapshot('golden/diff.json.txt');
    expect(diffDocument(diff, { withFiles: false, top: 1 })).not.toHaveProperty('addedFiles');
    expect(diffDocument(diff, { withFiles: false, top: 1 }).operators).toHaveLength(1);
  });
});
