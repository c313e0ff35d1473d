// The state files of the fixtures, found through their `_metadata`.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readMetadata } from '../../../src/format/metadata/read.js';
import type {
  KeyGroupsHandle,
  OperatorState,
  OperatorStateHandle,
  StreamStateHandle,
} from '../../../src/model/metadata.js';
import { type FixtureCase, fixtureCases, fixtureSnapshots } from '../../support/fixtures.js';

/** A handle of one subtask, and the bytes it stands for. */
export interface StateFile<Handle> {
  /** Case, snapshot, operator and subtask, for messages. */
  readonly title: string;
  readonly fixture: FixtureCase;
  readonly snapshotPath: string;
  readonly operator: OperatorState;
  readonly handle: Handle;
  readonly bytes: Uint8Array;
}

/** All heap and canonical files. */
export function keyGroupsFiles(): readonly StateFile<KeyGroupsHandle>[] {
  return stateFiles((subtask) =>
    subtask.managedKeyedState.flatMap((handle) =>
      handle.kind === 'key-groups' || handle.kind === 'savepoint-key-groups'
        ? [{ handle, stream: handle.stream }]
        : [],
    ),
  );
}

/** All meta streams of incremental checkpoints: a header and nothing else. */
export function metaStreams(): readonly StateFile<StreamStateHandle>[] {
  return stateFiles((subtask) =>
    subtask.managedKeyedState.flatMap((handle) =>
      handle.kind === 'incremental' ? [{ handle: handle.metaStream, stream: handle.metaStream }] : [],
    ),
  );
}

/** All files of managed operator state. */
export function operatorFiles(): readonly StateFile<OperatorStateHandle>[] {
  return stateFiles((subtask) =>
    subtask.managedOperatorState.map((handle) => ({ handle, stream: handle.stream })),
  );
}

type Subtask = OperatorState['subtasks'][number];

interface HandleAndStream<Handle> {
  readonly handle: Handle;
  readonly stream: StreamStateHandle | null;
}

function stateFiles<Handle>(
  handlesOf: (subtask: Subtask) => readonly HandleAndStream<Handle>[],
): readonly StateFile<Handle>[] {
  return fixtureCases().flatMap((fixture) =>
    fixtureSnapshots(fixture).flatMap((snapshot) =>
      readMetadata(snapshot.bytes).operators.flatMap((operator) =>
        operator.subtasks.flatMap((subtask) =>
          handlesOf(subtask).flatMap(({ handle, stream }) => {
            const bytes = stream === null ? null : bytesOf(stream, fixture, dirname(snapshot.metadataFile));
            const title = `${fixture.name}/${snapshot.path} ${operator.uid ?? operator.id}#${subtask.index}`;
            return bytes === null
              ? []
              : [{ title, fixture, snapshotPath: snapshot.path, operator, handle, bytes }];
          }),
        ),
      ),
    ),
  );
}

/** Null where the file is one that the case tells to be missing. */
export function bytesOf(
  stream: StreamStateHandle,
  fixture: FixtureCase,
  directory: string,
): Uint8Array | null {
  const inTree = (path: string) => join(fixture.treeDirectory, path.slice(fixture.baseUri.length));
  try {
    switch (stream.kind) {
      case 'bytes':
        return stream.data;
      case 'relative-file':
        return readFileSync(join(directory, stream.relativePath));
      case 'file':
        return readFileSync(inTree(stream.path));
      case 'segment': {
        const start = Number(stream.startPos);
        return readFileSync(inTree(stream.path)).subarray(start, start + Number(stream.sizeBytes));
      }
      default:
        return null;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
