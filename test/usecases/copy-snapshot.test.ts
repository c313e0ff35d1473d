// Copies of what real Flink left behind, into a store in memory: every fixture, whatever its state is made of.
import { describe, expect, it } from 'vitest';
import { readMetadata } from '../../src/format/metadata/read.js';
import type { CopyReport } from '../../src/model/copy-report.js';
import { child, isWithin, type Location, parseLocation } from '../../src/model/location.js';
import type { Metadata } from '../../src/model/metadata.js';
import { parseRewrite, resolvePath } from '../../src/model/rewrite.js';
import { type LeafStream, visitStreams } from '../../src/model/streams.js';
import { localReader } from '../../src/storage/local/reader.js';
import { MemoryStorage } from '../../src/storage/memory.js';
import { CkptError } from '../../src/support/errors.js';
import { type CopyOptions, copySnapshot } from '../../src/usecases/copy-snapshot.js';
import { inspectSnapshot } from '../../src/usecases/inspect-snapshot.js';
import { type FixtureCase, fixtureCase, fixtureCases, fixtureSnapshots } from '../support/fixtures.js';

const COPY = parseLocation('memory:///archive/copy', '/');
const files = localReader();
const at = (path: string) => parseLocation(path, '/');

function worldOf(fixture: FixtureCase) {
  const storage = new MemoryStorage();
  const openReader = async ({ store }: Location) => (store === 'memory' ? storage : files);
  const rewrites = [parseRewrite(`${fixture.baseUri}=${fixture.treeDirectory}`, '/')];
  const copy = (
    source: Location,
    directory = COPY,
    options: Partial<CopyOptions> = {},
  ): Promise<CopyReport> =>
    copySnapshot(source, directory, {
      openReader,
      openRemover: async () => storage,
      rewrites,
      signal: new AbortController().signal,
      ...options,
    });
  /** The bytes of a stream of the snapshot in `directory`. */
  const bytesOf = async (stream: LeafStream, directory: Location): Promise<Uint8Array> => {
    const read = async (location: Location) => (await openReader(location)).read(location);
    if (stream.kind === 'bytes') return stream.data;
    if (stream.kind === 'segment-empty') throw new Error('there are no bytes');
    if (stream.kind === 'relative-file') return read(child(directory, stream.relativePath));
    const whole = await read(resolvePath(stream.path, rewrites)!);
    if (stream.kind === 'file') return whole;
    return whole.subarray(Number(stream.startPos), Number(stream.startPos + stream.sizeBytes));
  };
  return { storage, openReader, copy, bytesOf };
}

function sourceOf(fixture: FixtureCase, index = 0): Location {
  return at(`${fixture.treeDirectory}/${fixtureSnapshots(fixture)[index]!.path}`);
}

/** All streams that have bytes, in order. */
function streamsOf(metadata: Metadata): readonly LeafStream[] {
  const streams: LeafStream[] = [];
  visitStreams(metadata, { stream: (stream) => streams.push(stream) });
  return streams.filter(({ kind }) => kind !== 'segment-empty');
}

const codeOf = (action: Promise<unknown>): Promise<string> =>
  action.then(
    () => 'done',
    (thrown) => (thrown instanceof CkptError ? thrown.code : String(thrown)),
  );

async function contentsOf(storage: MemoryStorage): Promise<ReadonlyMap<string, string>> {
  const entries = await storage.listDirectory(COPY);
  const read = async ({ path }: { path: string }) =>
    [path, Buffer.from(await storage.read({ ...COPY, path })).toString('base64')] as const;
  return new Map(await Promise.all(entries.map(read)));
}

describe('a copy of what Flink wrote', () => {
  it.each(fixtureCases().map((fixture) => [fixture.name, fixture] as const))(
    'has every byte of state in one directory, and needs nothing else: %s',
    async (_, fixture) => {
      for (const [index, snapshot] of fixtureSnapshots(fixture).entries()) {
        const { storage, openReader, copy, bytesOf } = worldOf(fixture);
        const source = sourceOf(fixture, index);
        const code = await codeOf(copy(source));
        if (code === 'state-missing') continue;
        expect(code).toBe('done');
        const originals = streamsOf(readMetadata(snapshot.bytes));
        const streams = streamsOf(readMetadata(await storage.read(child(COPY, '_metadata'))));
        expect(streams.length).toBe(originals.length);
        for (const [position, stream] of streams.entries()) {
          const original = await bytesOf(originals[position]!, source);
          if (!Buffer.from(original).equals(await bytesOf(stream, COPY)))
            expect.fail(`stream ${position} of ${snapshot.path} is not the same`);
        }
        const { report } = await inspectSnapshot(COPY, { openReader });
        expect(report.restorable).toBe(true);
        expect(report.directories.count).toBe(0);
        for (const { path } of report.files) expect(isWithin(at(path), COPY)).toBe(true);
        const entries = await storage.listDirectory(COPY);
        expect(entries).toHaveLength(report.fileCount + 1);
      }
    },
  );

  it('of a savepoint has the very same bytes of _metadata, and can be moved', async () => {
    const fixture = fixtureCase('savepoint-canonical-hashmap');
    const savepoint = fixtureSnapshots(fixture).findIndex(({ path }) => path.startsWith('savepoints/'));
    const { storage, copy } = worldOf(fixture);
    expect(await copy(sourceOf(fixture, savepoint))).toMatchObject({ movable: true, verified: true });
    expect(await storage.read(child(COPY, '_metadata'))).toEqual(fixtureSnapshots(fixture)[savepoint]!.bytes);
  });

  it('names by absolute paths what checkpoints of a claiming job would go on naming, and nothing else', async () => {
    const fixture = fixtureCase('rocksdb-incremental');
    const { storage, copy } = worldOf(fixture);
    expect(await copy(sourceOf(fixture))).toMatchObject({ movable: false });
    const roles = new Map<string, Set<string>>();
    visitStreams(readMetadata(await storage.read(child(COPY, '_metadata'))), {
      stream: ({ kind }, { role }) => roles.set(kind, (roles.get(kind) ?? new Set()).add(role)),
    });
    expect(roles.get('file')).toEqual(new Set(['shared']));
    expect(roles.get('relative-file')).not.toContain('shared');
  });

  it('takes of merged files only what the snapshot needs', async () => {
    const fixture = fixtureCase('file-merging-across');
    const { copy, openReader } = worldOf(fixture);
    const source = sourceOf(fixture);
    const { bytes } = await copy(source);
    const rewrites = [parseRewrite(`${fixture.baseUri}=${fixture.treeDirectory}`, '/')];
    const { report } = await inspectSnapshot(source, { openReader, rewrites });
    expect(bytes).toBeLessThan(Number(report.fullBytes) + 2 * report.metadataBytes);
  });
});

describe('copying', () => {
  const fixture = fixtureCase('rocksdb-incremental');
  const source = sourceOf(fixture);

  it('does nothing a second time', async () => {
    const { storage, copy } = worldOf(fixture);
    const { files: filesInAll, bytes } = await copy(source);
    const before = await contentsOf(storage);
    expect(await copy(source)).toMatchObject({ files: filesInAll, bytes, filesCopied: 0, bytesCopied: 0 });
    expect(await contentsOf(storage)).toEqual(before);
  });

  it('tells in a dry run what it would do, and writes nothing', async () => {
    const { storage, copy } = worldOf(fixture);
    const dry = await copy(source, COPY, { openRemover: null });
    expect(dry).toMatchObject({ isDryRun: true, verified: false });
    await expect(storage.listDirectory(COPY)).rejects.toThrow();
    expect(await copy(source)).toEqual({ ...dry, isDryRun: false, verified: true });
  });

  it.each([
    ['a stranger', 'notes.txt', 'mine'],
    ['another _metadata', '_metadata', 'mine'],
    ['somebody else’s file in progress', '.notes.inprogress.00000000-0000-4000-8000-000000000000', 'x'],
  ])('refuses a directory that holds %s', async (_, name, content) => {
    const { storage, copy } = worldOf(fixture);
    await storage.makeDirectory(COPY);
    await storage.put(child(COPY, name), Buffer.from(content));
    const before = await contentsOf(storage);
    expect(await codeOf(copy(source))).toBe('refused');
    expect(await contentsOf(storage)).toEqual(before);
  });

  it('refuses a file of its own name that has another size', async () => {
    const { storage, copy } = worldOf(fixture);
    await copy(source);
    const [first] = await storage.listDirectory(COPY);
    await storage.remove([child(COPY, '_metadata')]);
    await storage.put({ ...COPY, path: first!.path }, Buffer.from('short'));
    expect(await codeOf(copy(source))).toBe('refused');
  });

  it('refuses to copy into the directory of the snapshot, or around it', async () => {
    const { copy } = worldOf(fixture);
    expect(await codeOf(copy(source, child(source, 'copy')))).toBe('usage');
    expect(await codeOf(copy(source, at(fixture.treeDirectory)))).toBe('usage');
  });

  it('does not begin where a file of the snapshot is missing', async () => {
    const { storage, copy } = worldOf(fixture);
    await copy(source);
    const lost = (await storage.listDirectory(COPY)).find(({ path }) => !path.endsWith('_metadata'));
    await storage.remove([{ ...COPY, path: lost!.path }]);
    const elsewhere = child(COPY, '../second');
    expect(await codeOf(copy(COPY, elsewhere))).toBe('state-missing');
    await expect(storage.listDirectory(elsewhere)).rejects.toThrow();
  });

  it('copies within a store by the store itself, and a copy of a copy is the same', async () => {
    const { storage, copy } = worldOf(fixture);
    const first = await copy(source);
    const again = await copy(COPY, child(COPY, '../second'));
    expect({ ...again, source: '', path: '' }).toMatchObject({
      files: first.files,
      filesCopied: first.files,
      verified: true,
    });
    const names = async (directory: Location) =>
      (await storage.listDirectory(directory)).map(({ path }) => path.slice(path.lastIndexOf('/')));
    expect(await names(child(COPY, '../second'))).toEqual(await names(COPY));
  });

  it('stops at Ctrl-C, and goes on where it was', async () => {
    const { storage, copy } = worldOf(fixture);
    const controller = new AbortController();
    const stopped = copy(source, COPY, {
      signal: controller.signal,
      concurrency: 1,
      onProgress: ({ files: done }) => {
        if (done === 3) controller.abort(new Error('interrupted'));
      },
    });
    await expect(stopped).rejects.toThrow('interrupted');
    expect(await storage.listDirectory(COPY)).toHaveLength(3);
    const { files: filesInAll, filesCopied } = await copy(source);
    expect(filesInAll - filesCopied).toBe(3);
  });
});
