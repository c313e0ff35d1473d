import { describe, expect, it } from 'vitest';
import { readMetadata } from '../../src/format/metadata/read.js';
import { type LeafStream, type StreamPlace, visitStreams } from '../../src/model/streams.js';
import {
  changelog,
  file,
  fileWith,
  i32,
  i64,
  inline,
  KEY_GROUPS,
  list,
  mergedOperatorHandle,
  relativeFile,
  segment,
  u8,
  utf,
} from '../format/metadata/hand-written.js';
import { expectedFiles, fixtureCases, fixtureSnapshots } from '../support/fixtures.js';

interface Row {
  readonly kind: string;
  bytes: bigint;
  handles: number;
}

/** The files and directories of a document, as path TAB bytes TAB kind TAB handles. */
function fileRows(bytes: Uint8Array, uri: string): string[] {
  const rows = new Map<string, Row>();
  const add = (path: string, kind: string, size: bigint) => {
    const row = rows.get(path) ?? { kind, bytes: 0n, handles: 0 };
    rows.set(path, { kind, bytes: size > row.bytes ? size : row.bytes, handles: row.handles + 1 });
  };
  visitStreams(readMetadata(bytes), {
    stream(stream: LeafStream) {
      if (stream.kind === 'file') add(stream.path, 'file', stream.sizeBytes);
      if (stream.kind === 'relative-file')
        add(`${uri}/${stream.relativePath}`, stream.kind, stream.sizeBytes);
      if (stream.kind === 'segment') add(stream.path, 'segment', stream.startPos + stream.sizeBytes);
    },
    directory: (path) => add(path, 'directory', 0n),
  });
  return [...rows].map(([path, row]) => [path, row.bytes, row.kind, row.handles].join('\t')).sort();
}

describe('visits what Flink finds', () => {
  const snapshots = fixtureCases().flatMap((fixture) =>
    fixtureSnapshots(fixture).map(
      (snapshot) => [`${fixture.name}/${snapshot.path}`, fixture, snapshot] as const,
    ),
  );

  it.each(snapshots)('in %s', (_, fixture, snapshot) => {
    const expected = expectedFiles(fixture, snapshot).map((row) => row.join('\t'));
    expect(fileRows(snapshot.bytes, snapshot.uri)).toEqual(expected.sort());
  });
});

describe('tells the place of a stream', () => {
  const places: string[] = [];
  const tell = (what: string, { subtaskIndex, slot, role }: StreamPlace) =>
    places.push(`${what} ${subtaskIndex} ${slot} ${role}`);
  const incremental = [
    u8(11),
    [i64(3), utf('b'), KEY_GROUPS, i64(-1)],
    relativeFile('meta', 1),
    list([utf('1.sst'), file('f', 10)]),
    list([utf('CURRENT'), inline('x', 9)]),
    utf('id'),
  ];
  const changes = [
    u8(13),
    KEY_GROUPS,
    list([i64(33), file('c', 10)]),
    i64(10),
    i64(4),
    utf('part'),
    utf('filesystem'),
  ];
  const nested = [u8(14), KEY_GROUPS, i64(1), list(incremental), list(changes), i64(2), i64(3), utf('id')];
  const bytes = fileWith({
    operatorState: mergedOperatorHandle(0, segment('file:/merged', 5, 6)),
    keyedState: changelog(nested),
    rawKeyedState: [u8(7), i32(0), i32(0), u8(3), i32(0), i32(0), inline('deep', 1)],
    outputs: [[i32(0), i32(1), i32(2), list(), i64(99), file('channels', 500)]],
  });

  it('with operator, subtask, slot and role, through all handles that hold others', () => {
    visitStreams(readMetadata(bytes), {
      stream: (stream, place) => tell(stream.kind, place),
      directory: (path, owner, place) => tell(`${owner} ${path}`, place),
    });
    expect(places).toEqual([
      'segment 0 managedOperatorState state',
      'task-owned file:/job/taskowned/tm 0 managedOperatorState state',
      'shared file:/job/shared/op 0 managedOperatorState state',
      'relative-file 0 managedKeyedState meta',
      'file 0 managedKeyedState shared',
      'bytes 0 managedKeyedState private',
      'file 0 managedKeyedState changes',
      'bytes 0 rawKeyedState state',
      'file 0 resultSubpartitionState state',
    ]);
  });
});
