// What RocksDB calls the tables of a snapshot on the machine that wrote them.
import { canonicalKey } from '../model/location.js';
import type { HandleAndLocalPath, KeyedStateHandle, Metadata } from '../model/metadata.js';
import { streamSizeBytes } from '../model/state-sizes.js';
import { tablesOf } from './keyed-entries.js';
import { type StreamPaths, streamLocation } from './state-streams.js';

/** Operator, subtask, local name and size of every RocksDB table, and the `canonicalKey` of its place. */
export function localFilesOf(metadata: Metadata, paths: StreamPaths): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { id, subtasks } of metadata.operators) {
    for (const { index, managedKeyedState } of subtasks) {
      for (const { localPath, stream } of managedKeyedState.flatMap(filesOf)) {
        const location = streamLocation(stream, paths);
        if (location === null) continue;
        found.set(`${id} ${index} ${localPath} ${streamSizeBytes(stream)}`, canonicalKey(location));
      }
    }
  }
  return found;
}

function filesOf(handle: KeyedStateHandle): readonly HandleAndLocalPath[] {
  if (handle.kind === 'incremental') return tablesOf(handle);
  if (handle.kind !== 'changelog') return [];
  return handle.materialized.flatMap((part) => (part === null ? [] : filesOf(part)));
}
