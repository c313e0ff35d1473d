import { describe, expect, it } from 'vitest';
import { readMetadata } from '../../src/format/metadata/read.js';
import { rawMetadata } from '../../src/render/raw-metadata.js';
import {
  bytesOf,
  changelog,
  EMPTY_SEGMENT,
  file,
  fileWith,
  i32,
  i64,
  inline,
  KEY_GROUPS,
  list,
  metadataFile,
  NONE,
  OPERATOR_ID_BYTES,
  operator,
  type Part,
  segment,
  sized,
  subtask,
  u8,
  utf,
} from '../format/metadata/hand-written.js';
import { expectedDocument, fixtureCases, fixtureSnapshots } from '../support/fixtures.js';

/** Flink's reading without the names of its Java classes. */
function withoutClasses(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutClasses);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([field]) => field !== 'class')
      .map(([field, content]) => [field, withoutClasses(content)]),
  );
}

function rawSubtask(bytes: Uint8Array): Record<string, unknown> {
  const document = JSON.parse(JSON.stringify(rawMetadata(readMetadata(bytes), 'file:/here')));
  return document.operators[0].subtasks[0];
}

function rawKeyed(handle: Part): unknown {
  return (rawSubtask(fileWith({ keyedState: handle })).managedKeyedState as unknown[])[0];
}

describe('equals the reading of Flink', () => {
  const snapshots = fixtureCases().flatMap((fixture) =>
    fixtureSnapshots(fixture).map(
      (snapshot) => [`${fixture.name}/${snapshot.path}`, fixture, snapshot] as const,
    ),
  );

  it.each(snapshots)('%s, in the order of its fields', (_, fixture, snapshot) => {
    const raw = rawMetadata(readMetadata(snapshot.bytes), snapshot.uri);
    const expected = withoutClasses(expectedDocument(fixture, snapshot));
    expect(raw).toEqual(expected);
    expect(JSON.stringify(raw)).toBe(JSON.stringify(expected));
  });
});

describe('what no fixture has', () => {
  it('shows integers past 2^53 as decimal strings, and sums that wrap as Java does', () => {
    const largest = 2n ** 63n - 1n;
    const bytes = fileWith({
      keyedState: [u8(7), KEY_GROUPS, i64(largest), i64(2n ** 53n - 1n), file('f', largest)],
      rawKeyedState: [u8(7), KEY_GROUPS, i64(0), i64(0), file('f', 1)],
    });
    expect(rawSubtask(bytes)).toMatchObject({
      stateSize: '-9223372036854775808',
      managedKeyedState: [
        { size: '9223372036854775807', offsets: ['9223372036854775807', 9007199254740991] },
      ],
    });
  });

  it('shows an empty range of key groups as Flink keeps it', () => {
    expect(rawKeyed([u8(7), i32(5), i32(0), EMPTY_SEGMENT])).toMatchObject({
      keyGroups: { first: 0, last: -1, count: 0 },
      stream: { kind: 'segment-empty', size: 0 },
    });
  });

  it('gives a file the URI of java.net.URI as its identity', () => {
    const path = 's3://bucket/a b/50%/{x}/\u00e9\u{1f600}\u00a0#?';
    const metadata = readMetadata(fileWith({ keyedState: [u8(7), i32(0), i32(0), file('f', 1)] }));
    const stream = { kind: 'file', path, sizeBytes: 1n } as const;
    const [operatorState] = metadata.operators;
    const [state] = operatorState!.subtasks;
    const document = rawMetadata(
      {
        ...metadata,
        operators: [
          {
            ...operatorState!,
            subtasks: [
              { ...state!, managedKeyedState: [{ ...state!.managedKeyedState[0]!, stream } as never] },
            ],
          },
        ],
      },
      'file:/here',
    );
    expect(document).toMatchObject({
      operators: [
        {
          subtasks: [
            {
              managedKeyedState: [
                {
                  stream: { path, physicalId: 's3://bucket/a%20b/50%25/%7Bx%7D/\u00e9\u{1f600}%C2%A0%23%3F' },
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it.each([
    ['0f9fbde5-da93-466c-9726-ba406b061a79', '0f9fbde5-da93-466c-9726-ba406b061a79'],
    ['0F9FBDE5-da93-466c-9726-ba406b061a79', '0f9fbde5-da93-466c-9726-ba406b061a79'],
    ['1-2-3-4-5', '00000001-0002-0003-0004-000000000005'],
    ['operator-name', '319c90d6-a86f-3b0f-89e0-9a1dc625ca15'],
  ])('makes of the backend id %s the UUID that Java makes', (text, uuid) => {
    const handle = [u8(5), i64(3), utf(text), KEY_GROUPS, EMPTY_SEGMENT, list(), list()];
    expect(rawKeyed(handle)).toMatchObject({ backendId: uuid, stateHandleId: null });
  });

  it('counts an incremental handle of unknown new size as new as a whole', () => {
    const handle = [
      u8(11),
      i64(3),
      utf('b'),
      KEY_GROUPS,
      i64(-1),
      file('meta', 7),
      list([utf('1.sst'), file('f', 5)]),
      list(),
      utf('id'),
    ];
    expect(rawKeyed(handle)).toMatchObject({ size: 12, checkpointedSize: 12, stateHandleId: 'id' });
  });

  it('passes over empty places among materialized handles', () => {
    expect(rawKeyed(changelog(NONE))).toMatchObject({
      materialized: [],
      materializationId: 2,
      checkpointId: 3,
    });
  });

  it('shows inline changes by size and hash', () => {
    const handle = [u8(9), KEY_GROUPS, i64(1), i64(2), list([i32(-1), sized()]), utf('id')];
    expect(rawKeyed(handle)).toMatchObject({
      from: 1,
      to: 2,
      changes: [
        { keyGroup: -1, size: 0, sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
      ],
    });
  });

  it('shows merged channels with the size of their packed offsets', () => {
    const packed = bytesOf(list([i32(0), i32(1), i64(10), list(i64(0), i64(4))]));
    const merged = [u8(4), i32(1), i64(30), file('f', 10), i32(packed.length), packed];
    const bytes = metadataFile(6, [[utf(''), utf(''), operator(subtask({ outputs: [merged] }))]], {
      end: Buffer.from('aced000570', 'hex'),
    });
    expect(rawSubtask(bytes).resultSubpartitionState).toMatchObject([
      {
        kind: 'result-subpartitions-merged',
        size: 30,
        subtask: 1,
        serializedOffsetsSize: packed.length,
        channels: [{ channel: { partition: 0, index: 1 }, size: 10, offsets: [0, 4] }],
      },
    ]);
  });

  it('counts a merged file once, to the end of its furthest segment', () => {
    const bytes = fileWith({
      keyedState: [u8(7), i32(0), i32(0), segment('file:/m', 100, 50)],
      rawKeyedState: [u8(7), i32(0), i32(0), segment('file:/m', 0, 60)],
    });
    expect(rawMetadata(readMetadata(bytes), 'file:/here')).toMatchObject({
      streamCount: 2,
      fileCount: 1,
      fileBytes: 150,
      stateSize: 110,
    });
  });

  it('keeps the last of two entries for a subtask, in the order of subtasks', () => {
    const bytes = metadataFile(3, [
      operator([i32(-2)], subtask({}), subtask({ keyedState: [u8(7), i32(0), i32(0), inline('x', 1)] })),
    ]);
    expect(rawMetadata(readMetadata(bytes), 'file:/here')).toMatchObject({
      operators: [
        {
          subtasks: [
            { index: 0, stateSize: 1 },
            { index: 1, finished: true },
          ],
        },
      ],
      streamCount: 1,
      inlineStreamCount: 1,
      inlineBytes: 1,
    });
  });

  it('shows states of the Checkpointed interface, which Flink no longer reads, in a list of their own', () => {
    const legacy = [i32(0), i64(-1), list(inline('x', 1, 2)), i32(0), i32(0), NONE, NONE];
    const bytes = metadataFile(2, [[OPERATOR_ID_BYTES, i32(1), i32(1), i32(1), list(legacy)]]);
    expect(rawSubtask(bytes)).toMatchObject({ stateSize: 2, legacyState: [{ kind: 'bytes', size: 2 }] });
  });
});
