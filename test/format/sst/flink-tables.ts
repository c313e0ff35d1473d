// The RocksDB tables of the fixtures, found through their `_metadata`.
import { dirname } from 'node:path';
import { readMetadata } from '../../../src/format/metadata/read.js';
import { openTable, type Table } from '../../../src/format/sst/table.js';
import { tableFileOf } from '../../../src/format/sst/table-file.js';
import type { IncrementalHandle, KeyedStateHandle, OperatorState } from '../../../src/model/metadata.js';
import { type FixtureCase, fixtureCases, fixtureSnapshots } from '../../support/fixtures.js';
import { bytesOf } from '../state/flink-state-files.js';

/** An incremental handle of one subtask, with the bytes it stands for. */
export interface TablesOfSubtask {
  /** Case, snapshot, operator and subtask, for messages. */
  readonly title: string;
  readonly fixture: FixtureCase;
  readonly snapshotPath: string;
  readonly operator: OperatorState;
  readonly handle: IncrementalHandle;
  readonly metaStream: Uint8Array;
  readonly tables: readonly Uint8Array[];
  /** Null where it is not on disk. */
  readonly manifest: Uint8Array | null;
}

/** All incremental handles whose files are all there. */
export function tablesOfSubtasks(cases: readonly FixtureCase[] = fixtureCases()): readonly TablesOfSubtask[] {
  return cases.flatMap((fixture) =>
    fixtureSnapshots(fixture).flatMap((snapshot) =>
      readMetadata(snapshot.bytes).operators.flatMap((operator) =>
        operator.subtasks.flatMap(({ index, managedKeyedState }) =>
          managedKeyedState.flatMap(incrementalIn).flatMap((handle) => {
            const read = (stream: IncrementalHandle['metaStream']) =>
              bytesOf(stream, fixture, dirname(snapshot.metadataFile));
            const metaStream = read(handle.metaStream);
            const tables = [...handle.shared, ...handle.private]
              .filter(({ localPath }) => localPath.endsWith('.sst'))
              .map(({ stream }) => read(stream));
            if (metaStream === null || !tables.every((bytes) => bytes !== null)) return [];
            const manifestPath = handle.private.find(({ localPath }) => localPath.startsWith('MANIFEST-'));
            const manifest = manifestPath === undefined ? null : read(manifestPath.stream);
            const title = `${fixture.name}/${snapshot.path} ${operator.uid ?? operator.id}#${index}`;
            return [
              { title, fixture, snapshotPath: snapshot.path, operator, handle, metaStream, tables, manifest },
            ];
          }),
        ),
      ),
    ),
  );
}

/** Also what a changelog has materialized. */
function incrementalIn(handle: KeyedStateHandle | null): readonly IncrementalHandle[] {
  if (handle?.kind === 'incremental') return [handle];
  return handle?.kind === 'changelog' ? handle.materialized.flatMap(incrementalIn) : [];
}

export function openAll(tables: readonly Uint8Array[]): Promise<Table[]> {
  return Promise.all(tables.map((bytes) => openTable(tableFileOf(bytes))));
}
