import { describe, expect, it } from 'vitest';
import { child, type Location, parent, parseLocation } from '../../src/model/location.js';
import type { Presence } from '../../src/model/survey.js';
import { countingStorage, faultyStorage } from '../../src/storage/intercepted.js';
import { MemoryStorage } from '../../src/storage/memory.js';
import type { StorageReader } from '../../src/storage/storage.js';
import type { StorageErrorKind } from '../../src/support/errors.js';
import { takeSurvey } from '../../src/survey/take-survey.js';
import { presenceAt } from '../support/reference-tables.js';
import { file, metadataBytes } from './documents.js';

const root = parseLocation('memory://m/flink', '/');
const at = (path: string): Location => child(root, path);
const names = (count: number) => Array.from({ length: count }, (_, i) => `other/shared/${i}`);

/** A job that references files of another, of which `present` are there. */
async function storeWith(referenced: readonly string[], present: readonly string[]): Promise<MemoryStorage> {
  const storage = new MemoryStorage();
  const streams = referenced.map((path) => file(`memory://m/flink/${path}`, 1));
  const contents = new Map<string, Uint8Array>(present.map((path) => [path, new Uint8Array(1)]));
  contents.set('job/chk-1/_metadata', metadataBytes({ streams }));
  for (const [path, content] of contents) {
    const directories: Location[] = [];
    for (let on = parent(at(path)); on.path !== '/'; on = parent(on)) directories.unshift(on);
    for (const directory of directories) await storage.makeDirectory(directory);
    await storage.put(at(path), content);
  }
  return storage;
}

async function look(storage: StorageReader, paths: readonly string[]): Promise<readonly Presence['kind'][]> {
  const survey = await takeSurvey([at('job')], { openReader: async () => storage });
  return paths.map((path) => presenceAt(survey, at(path)).kind);
}

describe('files outside of the listing', () => {
  it('are looked up by one listing of their directory where they are many', async () => {
    const paths = names(200);
    const { storage, counts } = countingStorage(await storeWith(paths, paths.slice(0, 50)));
    const kinds = await look(storage, paths);
    expect(kinds.map((kind) => kind === 'present')).toEqual(paths.map((_, i) => i < 50));
    expect(kinds).not.toContain('unknown');
    expect(counts.get('listDirectory')).toBe(1);
    expect(counts.get('stat')).toBe(1);
  });

  it('are all absent where their directory is', async () => {
    const paths = names(200);
    const { storage, counts } = countingStorage(await storeWith(paths, []));
    expect(new Set(await look(storage, paths))).toEqual(new Set(['absent']));
    expect(counts.get('stat')).toBe(1);
  });

  it.each<StorageErrorKind>(['denied', 'throttled', 'unavailable', 'corrupt'])(
    'are unknown, all of them, where their directory cannot be listed (%s)',
    async (kind) => {
      const paths = names(200);
      const storage = faultyStorage(await storeWith(paths, paths), ({ operation }) =>
        operation === 'listDirectory' ? kind : null,
      );
      expect(new Set(await look(storage, paths))).toEqual(new Set(['unknown']));
    },
  );

  it('are asked for one by one where they are few, or where a file is in the place of their directory', async () => {
    const few = countingStorage(await storeWith(names(3), names(2)));
    expect(await look(few.storage, names(3))).toEqual(['present', 'present', 'absent']);
    expect(few.counts.get('listDirectory') ?? 0).toBe(0);

    const paths = names(20);
    expect(new Set(await look(await storeWith(paths, ['other/shared']), paths))).toEqual(new Set(['absent']));
  });
});
