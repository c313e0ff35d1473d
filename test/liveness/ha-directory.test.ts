import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCheckpointPlaces } from '../../src/format/ha/completed-checkpoint.js';
import { askHaDirectory } from '../../src/liveness/ha-directory.js';
import { parseUri } from '../../src/model/location.js';
import { MemoryStorage } from '../../src/storage/memory.js';
import { StorageError } from '../../src/support/errors.js';

const STORED = readFileSync(new URL('answers/completedCheckpoint-flink-2.3.0', import.meta.url));
const PLACE = /^file:\/data\/flink\/checkpoint\/[0-9a-f]{32}\/chk-20$/;
const at = (path: string) => parseUri(`memory://${path}`)!;

/** A string as Java serializes it. */
function javaString(text: string): Buffer {
  const bytes = Buffer.from(text);
  const head = Buffer.from([0x74, bytes.length >> 8, bytes.length & 0xff]);
  return Buffer.concat([head, bytes]);
}

const stream = (...texts: string[]) =>
  Buffer.concat([Buffer.from('aced0005', 'hex'), ...texts.map(javaString)]);

describe('readCheckpointPlaces', () => {
  it('finds the place in what Flink stored', () => {
    expect(readCheckpointPlaces(STORED)).toEqual([expect.stringMatching(PLACE)]);
  });

  it.each([
    ['s3://b/c/chk-7', 's3://b/c/chk-7'],
    ['hdfs://nn:8020/c/chk-7/_metadata', 'hdfs://nn:8020/c/chk-7'],
    ['file:/s/savepoint-012345-0123456789ab', 'file:/s/savepoint-012345-0123456789ab'],
    ['file:/s/renamed by a person/_metadata', 'file:/s/renamed by a person'],
  ])('takes %s for %s', (text, place) => {
    expect(readCheckpointPlaces(stream('com.example.Some', text))).toEqual([place]);
  });

  it('refuses what names no checkpoint', () => {
    expect(() => readCheckpointPlaces(stream('java.util.HashMap', 's3://b/shared/x'))).toThrow(
      /names no checkpoint/,
    );
  });

  it('refuses what is no object stream', () => {
    expect(() => readCheckpointPlaces(Buffer.from('nothing'))).toThrow(/no Java object stream/);
    expect(() => readCheckpointPlaces(new Uint8Array())).toThrow(/no Java object stream/);
  });

  it('refuses a file that was cut off before the place', () => {
    expect(() => readCheckpointPlaces(STORED.subarray(0, 400))).toThrow(/names no checkpoint/);
  });
});

describe('askHaDirectory', () => {
  async function store(files: Readonly<Record<string, Uint8Array>>): Promise<MemoryStorage> {
    const storage = new MemoryStorage();
    for (const [path, bytes] of Object.entries(files)) {
      await storage.makeDirectory(at(path.slice(0, path.lastIndexOf('/'))));
      await storage.put(at(path), bytes);
    }
    return storage;
  }

  it('reads the checkpoints of every cluster below, and nothing else', async () => {
    const storage = await store({
      '/ha/one/completedCheckpoint0a1b': STORED,
      '/ha/two/completedCheckpoint2c3d': stream('s3://b/c/chk-1'),
      '/ha/two/submittedJobGraph4e5f': Buffer.from('anything'),
    });
    const { source, places } = await askHaDirectory(at('/ha'), async () => storage);
    expect(source).toBe('memory:///ha');
    expect([...places].sort()).toEqual([expect.stringMatching(PLACE), 's3://b/c/chk-1']);
  });

  it('cannot be asked where it is not there', async () => {
    const storage = await store({});
    await expect(askHaDirectory(at('/ha'), async () => storage)).rejects.toMatchObject({
      code: 'evidence-unreachable',
    });
  });

  it('is not understood where a file is none of Flink', async () => {
    const storage = await store({ '/ha/completedCheckpoint1': Buffer.from('{}') });
    await expect(askHaDirectory(at('/ha'), async () => storage)).rejects.toMatchObject({
      code: 'evidence-not-understood',
      where: 'memory:///ha/completedCheckpoint1',
    });
  });

  it('cannot be asked where a part of it cannot be listed or read', async () => {
    const storage = await store({ '/ha/completedCheckpoint1': STORED });
    const denied = new StorageError('denied', 'no entry');
    storage.read = () => Promise.reject(denied);
    await expect(askHaDirectory(at('/ha'), async () => storage)).rejects.toMatchObject({
      code: 'evidence-unreachable',
    });
    storage.list = async function* () {
      yield { entries: [], problems: [{ path: '/ha/x', error: denied }] };
    };
    await expect(askHaDirectory(at('/ha'), async () => storage)).rejects.toMatchObject({
      code: 'evidence-unreachable',
    });
  });

  it('does not mind a file that vanishes: a newer checkpoint took its place', async () => {
    const storage = await store({ '/ha/completedCheckpoint1': STORED });
    storage.read = () => Promise.reject(new StorageError('not-found', 'gone'));
    expect((await askHaDirectory(at('/ha'), async () => storage)).places).toEqual([]);
  });
});
