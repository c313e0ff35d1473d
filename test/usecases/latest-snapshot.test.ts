// What `latest` must never do: give an older snapshot because a newer one could not be looked at.
import { describe, expect, it } from 'vitest';
import { formatLocation, parseLocation } from '../../src/model/location.js';
import { parseRewrite } from '../../src/model/rewrite.js';
import { delegatingReader } from '../../src/storage/delegating.js';
import { type OpenReader, openReader } from '../../src/storage/open.js';
import type { StorageReader } from '../../src/storage/storage.js';
import { StorageError } from '../../src/support/errors.js';
import { latestSnapshot } from '../../src/usecases/latest-snapshot.js';
import { fixtureCase } from '../support/fixtures.js';

const FIXTURE = fixtureCase('rocksdb-incremental');
const ANY_JOB = { job: undefined, restarts: false };

/** The fixture's store; what `refuses` names is denied. */
function storeThatRefuses(refuses: (path: string) => boolean): OpenReader {
  return async (location) => {
    const inner = await openReader(location);
    const guarded = <T>(at: { path: string }, answer: () => Promise<T>): Promise<T> =>
      refuses(at.path)
        ? Promise.reject(new StorageError('denied', `cannot read ${at.path}`, { where: at.path }))
        : answer();
    const reader: StorageReader = {
      ...inner,
      listDirectory: (at) => guarded(at, () => inner.listDirectory(at)),
      stat: (at) => guarded(at, () => inner.stat(at)),
      read: (at) => guarded(at, () => inner.read(at)),
      readRange: (at, offset, length) => guarded(at, () => inner.readRange(at, offset, length)),
    };
    return reader;
  };
}

const latest = (
  open: OpenReader,
  rewrites = [parseRewrite(`${FIXTURE.baseUri}=${FIXTURE.treeDirectory}`, '/')],
) => latestSnapshot(parseLocation('.', FIXTURE.treeDirectory), ANY_JOB, { openReader: open, rewrites });

/** The tree, with something at `path` below each root of which nothing is told. */
function storeThatCannotTell(path: string): OpenReader {
  return async (location) => {
    const inner = await openReader(location);
    return {
      ...delegatingReader(inner),
      list: async function* (root) {
        yield* inner.list(root);
        const error = new StorageError('denied', 'no entry');
        yield { entries: [], problems: [{ path: `${root.path}/${path}`, error }] };
      },
    };
  };
}

describe('latestSnapshot', () => {
  it('names what would restore', async () => {
    const answer = await latest(openReader);
    expect(answer.latest?.id).toBe(7n);
    expect(answer.passedOver).toEqual([]);
  });

  it('throws where the newest _metadata is denied', async () => {
    await expect(latest(storeThatRefuses((path) => path.includes('/chk-7/')))).rejects.toMatchObject({
      code: 'storage-unavailable',
      message: expect.stringContaining('chk-7 would restore is not known'),
    });
  });

  it('does not mind an older _metadata that is denied', async () => {
    const answer = await latest(storeThatRefuses((path) => path.includes('/chk-5/')));
    expect(answer.latest?.id).toBe(7n);
  });

  it('throws where files outside of the listing cannot be looked up', async () => {
    const elsewhere = parseRewrite(`${FIXTURE.baseUri}=/elsewhere`, '/');
    await expect(
      latest(
        storeThatRefuses((path) => path.startsWith('/elsewhere')),
        [elsewhere],
      ),
    ).rejects.toMatchObject({
      code: 'storage-unavailable',
      message: expect.stringContaining('could not be looked up'),
    });
  });

  it.each(['secret', 'chk-99', 'chk-99/_metadata', 'chk-99/below/_metadata'])(
    'throws where %s of the tree could not be looked at',
    async (path) => {
      await expect(latest(storeThatCannotTell(path))).rejects.toMatchObject({
        code: 'storage-unavailable',
        where: `${formatLocation(parseLocation('.', FIXTURE.treeDirectory))}/${path}`,
      });
    },
  );

  it('passes over what cannot be looked at beside a _metadata, and tells of it', async () => {
    const { latest: found, problems } = await latest(storeThatCannotTell('chk-99/\ufffd'));
    expect(found).toEqual((await latest(openReader)).latest);
    expect(problems).toEqual([expect.objectContaining({ code: 'storage-denied' })]);
  });
});
