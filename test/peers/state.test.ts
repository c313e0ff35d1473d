// Real Flink reads, and restores a job from, what src/format writes.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  bigintLongSerializer,
  bytesSerializer,
  longSerializer,
  stringSerializer,
} from '../../src/format/state/basic-serializers.js';
import { listSerializer, mapSerializer } from '../../src/format/state/composite-serializers.js';
import type { KeyedEntry, KeyedState } from '../../src/format/state/keyed-state.js';
import { timerSerializer, voidNamespaceSerializer } from '../../src/format/state/runtime-serializers.js';
import { operatorIdOfUid } from '../../src/model/operator-id.js';
import { describeWithFlink, type FlinkCommand } from './support/flink.js';
import { type OperatorContents, type SnapshotForm, writeSnapshotFiles } from './support/written-snapshot.js';

const KEYS = [...Array.from({ length: 200 }, (_, i) => `key-${i}`), '', 'grüße', '日本', '😀'];
const namespace = voidNamespaceSerializer;

const COUNT: KeyedState = { kind: 'VALUE', name: 'count', namespace, value: longSerializer };
const NAMES: KeyedState = { kind: 'LIST', name: 'names', namespace, value: listSerializer(stringSerializer) };
const FIELDS: KeyedState = {
  kind: 'MAP',
  name: 'fields',
  namespace,
  value: mapSerializer(stringSerializer, bigintLongSerializer),
};
const TIMERS: KeyedState = {
  kind: 'PRIORITY_QUEUE',
  name: '_timer_state/event_user-timers',
  timer: timerSerializer(stringSerializer, voidNamespaceSerializer),
};

const countOf = (i: number) => (i === 0 ? Number.MAX_SAFE_INTEGER : i * -7);
const namesOf = (i: number) => Array.from({ length: (i % 3) + 1 }, (_, n) => `name,${i}-${n}`);
const fieldsOf = (i: number) =>
  new Map([
    ['big', 2n ** 62n + BigInt(i)],
    [`own ${i}`, -1n],
  ]);

function entries(expected: (i: number) => unknown): KeyedEntry[] {
  return KEYS.map((key, i) => ({ namespace: null, key, value: expected(i) }));
}

const COUNTER: OperatorContents = {
  uid: 'counter',
  keyed: {
    key: stringSerializer,
    states: [
      { state: COUNT, entries: entries(countOf) },
      { state: NAMES, entries: entries(namesOf) },
      { state: FIELDS, entries: entries(fieldsOf) },
      { state: TIMERS, entries: entries((i) => BigInt(i) * 1_000_000n) },
    ],
  },
};

const READER: OperatorContents = {
  uid: 'reader',
  lists: (index) => [
    {
      mode: 'SPLIT_DISTRIBUTE',
      name: 'splits',
      element: bytesSerializer,
      elements: [new Uint8Array([index, 1]), new Uint8Array([index, 2])],
    },
    { mode: 'UNION', name: 'seen', element: stringSerializer, elements: [`seen by ${index}`] },
    {
      mode: 'BROADCAST',
      name: 'rules',
      key: stringSerializer,
      value: longSerializer,
      entries: new Map([
        ['limit', 10],
        ['größe', -1],
      ]),
    },
  ],
};

/** Each value of each column at least once; what they share is tried everywhere. */
const FORMS: readonly SnapshotForm[] = [
  { format: 'heap', place: 'files', version: 6, parallelism: 1, maxParallelism: 128 },
  { format: 'heap', place: 'inline', version: 3, parallelism: 2, maxParallelism: 128 },
  { format: 'canonical', place: 'files', version: 4, parallelism: 2, maxParallelism: 512 },
  { format: 'canonical', place: 'inline', version: 5, parallelism: 1, maxParallelism: 128 },
];

function byKey<T>(expected: (i: number) => T): Record<string, T> {
  return Object.fromEntries(KEYS.map((key, i) => [key, expected(i)]));
}

describeWithFlink('state written by ckpt', (flink) => {
  let root = '';
  const directoryOf = (form: SnapshotForm) => join(root, Object.values(form).join('-'));

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'ckpt-peers-'));
    for (const form of FORMS) writeSnapshotFiles(directoryOf(form), form, [COUNTER, READER]);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const keyed = (form: SnapshotForm, ...options: string[]): FlinkCommand => [
    'keyed-state',
    directoryOf(form),
    ...['--uid', 'counter', ...options],
  ];

  it('has metadata that Flink reads, in every version and place', async () => {
    const documents = await flink.runAll(FORMS.map((form) => ['metadata', directoryOf(form)]));
    for (const [i, form] of FORMS.entries()) {
      const { parallelism, maxParallelism } = form;
      const kind = form.format === 'heap' ? 'KeyGroupsStateHandle' : 'KeyGroupsSavepointStateHandle';
      const operator = (uid: string, subtask: object) => ({
        id: operatorIdOfUid(uid),
        uid: form.version >= 5 ? uid : null,
        parallelism,
        maxParallelism,
        subtasks: Array(parallelism).fill(expect.objectContaining(subtask)),
      });
      expect(documents[i]).toMatchObject({
        checkpointId: 41,
        properties: null,
        operators: [
          operator('counter', { managedKeyedState: [expect.objectContaining({ kind })] }),
          operator('reader', {
            managedOperatorState: [expect.objectContaining({ kind: 'OperatorStreamStateHandle' })],
          }),
        ],
      });
    }
  });

  it.each(FORMS)('has values that Flink reads: $format $place, parallelism $parallelism', async (form) => {
    const [counts, lists, maps] = await flink.runAll([
      keyed(form, '--state', 'count'),
      keyed(form, '--state', 'names', '--kind', 'list', '--value-type', 'string'),
      keyed(form, '--state', 'fields', '--kind', 'map'),
    ]);
    expect(counts).toEqual(byKey((i) => String(countOf(i))));
    expect(lists).toEqual(byKey(namesOf));
    expect(maps).toEqual(byKey((i) => Object.fromEntries([...fieldsOf(i)].map(([k, v]) => [k, String(v)]))));
  });

  it('has operator state that Flink reads', async () => {
    const read = (state: string, mode: string, type: string): FlinkCommand => [
      'operator-state',
      directoryOf(FORMS[1]!),
      ...['--uid', 'reader', '--state', state, '--mode', mode, '--value-type', type],
    ];
    const states = await flink.runAll([
      read('splits', 'list', 'bytes'),
      read('seen', 'union', 'string'),
      read('rules', 'broadcast', 'long'),
    ]);
    expect(states).toEqual([
      ['0001', '0002', '0101', '0102'],
      ['seen by 0', 'seen by 1'],
      { größe: '-1', limit: '10' },
    ]);
  });

  it.each([
    { form: FORMS[0]!, parallelism: 2, backend: 'hashmap' },
    { form: FORMS[1]!, parallelism: 1, backend: 'hashmap' },
    { form: FORMS[2]!, parallelism: 2, backend: 'hashmap' },
    { form: FORMS[3]!, parallelism: 1, backend: 'rocksdb' },
  ])(
    'restores a Flink job: $form.format, from $form.parallelism to $parallelism, $backend',
    async (given) => {
      const { form, parallelism, backend } = given;
      const restored = await flink.run(
        [
          'restore',
          directoryOf(form),
          ...[
            '--uid',
            'counter',
            '--state',
            'count',
            '--parallelism',
            String(parallelism),
            '--backend',
            backend,
          ],
        ],
        [...KEYS, 'unknown key'].join('\n'),
      );
      expect(restored).toMatchObject({
        values: { ...byKey((i) => String(countOf(i))), 'unknown key': null },
        subtasks: parallelism,
        restoredCheckpointId: 41,
      });
      expect((restored as { completedCheckpointId: number }).completedCheckpointId).toBeGreaterThan(41);
    },
  );

  it('is told by Flink to be damaged where it is', async () => {
    const form: SnapshotForm = { ...FORMS[0]!, maxParallelism: 64 };
    writeSnapshotFiles(directoryOf(form), form, [COUNTER]);
    rmSync(join(directoryOf(form), 'state-1'));
    await expect(flink.run(keyed(form, '--state', 'count'))).rejects.toThrow(/Flink: .*state-1/);
  });
});

describeWithFlink('the samples of Flink serializers', (flink) => {
  it('are those that Flink prints now', async () => {
    const file = new URL('../format/state/flink-serializers.json', import.meta.url);
    const { samples } = JSON.parse(readFileSync(file, 'utf8')) as { samples: object };
    const now = (await flink.run(['serializers'])) as object;
    expect(withoutIdentities(now)).toEqual(withoutIdentities(samples));
  });
});

/** Arrays and a few others have the hash code of their identity, another in every process. */
function withoutIdentities(samples: object): unknown {
  return JSON.parse(
    JSON.stringify(samples, (name, value: unknown) => (name === 'hashCode' ? undefined : value)),
  );
}
