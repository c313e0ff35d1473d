import { describe, expect, it } from 'vitest';
import { child, parent, parseLocation } from '../../src/model/location.js';
import { MemoryStorage } from '../../src/storage/memory.js';
import { resolveSnapshot } from '../../src/usecases/resolve-snapshot.js';

const ROOT = parseLocation('memory://store/checkpoints', '/');
const JOB = '0123456789abcdef0123456789abcdef';
const at = (path: string) => child(ROOT, path);

describe.each([
  ['a file system', true],
  ['an object store', false],
])('a snapshot in %s', (_, directories) => {
  const resolve = async (path: string) => {
    const storage = new MemoryStorage({ directories });
    for (const file of [`${JOB}/chk-1/_metadata`, `${JOB}/chk-2/state`]) {
      await storage.makeDirectory(parent(at(file)));
      await storage.put(at(file), new Uint8Array(1));
    }
    return resolveSnapshot(at(path), async () => storage);
  };

  it('is its directory, whether that or its _metadata was named', async () => {
    expect(await resolve(`${JOB}/chk-1`)).toEqual(at(`${JOB}/chk-1`));
    expect(await resolve(`${JOB}/chk-1/_metadata`)).toEqual(at(`${JOB}/chk-1`));
  });

  it.each([
    [`${JOB}/chk-2`, 'was never completed: it has no _metadata'],
    [`${JOB}/chk-3`, 'there is no snapshot at'],
    [JOB, 'is no snapshot'],
  ])('is not %s, and the newest one is named', async (path, message) => {
    const thrown = await resolve(path).catch((error: unknown) => error);
    expect(thrown).toMatchObject({
      message: expect.stringContaining(message),
      next: expect.stringContaining(`/checkpoints/${JOB}/chk-1?`),
    });
  });
});
