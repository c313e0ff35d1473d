// Inventories as S3 writes them, in Parquet: what Arrow wrote is read, and what is damaged is never half a listing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { child, type Location, parseUri } from '../../src/model/location.js';
import { MemoryStorage } from '../../src/storage/memory.js';
import { CkptError } from '../../src/support/errors.js';
import { listFromInventory } from '../../src/survey/inventory/read-inventory.js';
import { Listing } from '../../src/survey/listing.js';
import { Readers } from '../../src/survey/readers.js';
import { runs, testSeed } from '../support/runs.js';

const JOB = '/flink/0a6d8e2b0094db680d9a9874fabf74e8';
const REPORTS = parseUri('memory://reports/lake/all')!;
const fixture = (name: string) => readFileSync(join(import.meta.dirname, 's3-inventory', name));
const manifest = JSON.parse(fixture('manifest.json').toString());

/** The five current objects below the job's directory, in the order of the file. */
const ROWS = [
  [`${JOB}/chk-7/_metadata`, 512, '2026-01-01T03:04:05.678Z'],
  [`${JOB}/chk-7/4f2d4c5e-0000-4000-8000-000000000001`, 10, '2026-01-02T03:04:05.678Z'],
  [`${JOB}/shared/4f2d4c5e-0000-4000-8000-000000000002`, 20, '2026-01-03T03:04:05.678Z'],
  [`${JOB}/shared/one two+three%20four-é-😀`, 2 ** 40, '2026-01-05T03:04:05.678Z'],
];

describe('an S3 inventory in Parquet', () => {
  let storage: MemoryStorage;
  beforeEach(() => {
    storage = new MemoryStorage({ directories: false });
  });

  const write = (name: string, bytes: Uint8Array) => storage.put(child(REPORTS, name), bytes);

  /** What a listing of `root` from the manifest tells of files: path, size, time. */
  async function listed(root: Location): Promise<readonly (readonly [string, number, string | null])[]> {
    const found: [string, number, string | null][] = [];
    const listing = new Listing({
      file: (_, { path, sizeBytes, modifiedMs }) =>
        void found.push([path, sizeBytes, modifiedMs === null ? null : new Date(modifiedMs).toISOString()]),
    });
    const readers = new Readers(async () => storage);
    await listFromInventory(child(REPORTS, 'manifest.json'), [root], { listing, readers });
    return found;
  }

  async function report(files: readonly { readonly key: string }[], schema: object = {}): Promise<void> {
    await write('manifest.json', Buffer.from(JSON.stringify({ ...manifest, ...schema, files })));
  }

  for (const codec of ['snappy', 'gzip']) {
    it(`tells of the latest version of each object, by its key as it is (${codec})`, async () => {
      await write(`data/${codec}.parquet`, fixture(`data/${codec}.parquet`));
      await report([{ key: `data/${codec}.parquet` }]);
      expect(await listed(parseUri('memory://lake/flink')!)).toEqual(ROWS);
    });
  }

  it('is refused where it lacks a column that is needed', async () => {
    const bytes = fixture('data/snappy.parquet');
    for (let at = bytes.indexOf('last_modified_date'); at >= 0; at = bytes.indexOf('last_modified_date', at))
      bytes.write('last_modified_when', at);
    await write('data/x.parquet', bytes);
    await report([{ key: 'data/x.parquet' }]);
    await expect(listed(parseUri('memory://lake/flink')!)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('last_modified_date'),
    });
  });

  it('is refused as ORC, and where a data file is given in place of the manifest', async () => {
    await report([{ key: 'data/x.orc' }], { fileFormat: 'ORC' });
    await expect(listed(parseUri('memory://lake/flink')!)).rejects.toThrow(
      'an inventory in ORC cannot be read',
    );
    await write('manifest.json', fixture('data/snappy.parquet'));
    await expect(listed(parseUri('memory://lake/flink')!)).rejects.toThrow('does not say which bucket');
  });

  it('that is cut off or changed anywhere gives the same rows, others, or an error of the format: never a crash', async () => {
    const whole = fixture('data/gzip.parquet');
    await report([{ key: 'data/x.parquet' }]);
    const attempt = async (bytes: Uint8Array) => {
      await write('data/x.parquet', bytes);
      return listed(parseUri('memory://lake/flink')!).catch((thrown: unknown) => thrown);
    };
    for (const length of [0, 3, 11, whole.length >> 1, whole.length - 1])
      expect(await attempt(whole.subarray(0, length))).toBeInstanceOf(CkptError);
    const byte = fc.record({ at: fc.nat(whole.length - 1), to: fc.integer({ min: 0, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(byte, async ({ at, to }) => {
        const changed = Buffer.from(whole);
        changed[at] = to;
        const outcome = await attempt(changed);
        if (!Array.isArray(outcome)) expect(outcome).toBeInstanceOf(CkptError);
      }),
      { numRuns: runs({ sample: 60, full: 5000 }), seed: testSeed },
    );
  });
});
