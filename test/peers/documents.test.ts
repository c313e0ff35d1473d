// Real Flink reads generated `_metadata` documents that the writer here wrote, and finds in them what we find.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readMetadata } from '../../src/format/metadata/read.js';
import { writeMetadata } from '../../src/format/metadata/write.js';
import type { WritableVersion } from '../../src/model/metadata.js';
import { rawMetadata } from '../../src/render/raw-metadata.js';
import type { TextChoice } from '../support/arbitrary-handles.js';
import { arbitraryMetadata } from '../support/arbitrary-metadata.js';
import { fixtureCases, fixtureSnapshots } from '../support/fixtures.js';
import { runs, testSeed } from '../support/runs.js';
import { describeWithFlink, type FlinkPeer } from './support/flink.js';

const VERSIONS: readonly WritableVersion[] = [3, 4, 5, 6];
const POINTER = 'file:/here';

/** Names of any characters but halves of surrogate pairs, which JSON cannot carry. */
const text = fc.string({ unit: 'binary', maxLength: 12 });
/** What `org.apache.flink.core.fs.Path` leaves as it is. */
const fileName = fc
  .array(fc.constantFrom(...'abcXYZ019-_~ %+=äß日'), { minLength: 1, maxLength: 12 })
  .map((characters) => characters.join(''))
  .filter((name) => name.trim() === name);
const TEXTS: TextChoice = { text, path: fileName.map((name) => `/${name}`) };

/** Fields that are sums over the whole document here and that Flink has no count of. */
const TOTALS = ['streamCount', 'inlineStreamCount', 'inlineBytes', 'fileCount', 'fileBytes'];

/** Our reading, as JSON. */
function ourReading(bytes: Uint8Array): unknown {
  const document = JSON.parse(JSON.stringify(rawMetadata(readMetadata(bytes), POINTER)));
  for (const field of TOTALS) delete document[field];
  return document;
}

/** Flink makes up an id for a handle that has none in the file. */
function withoutMadeUpIds(flink: unknown, ours: unknown): unknown {
  if (Array.isArray(flink)) {
    return flink.map((part, i) => withoutMadeUpIds(part, Array.isArray(ours) ? ours[i] : undefined));
  }
  if (flink === null || typeof flink !== 'object') return flink;
  const others = (ours ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(flink).map(([field, value]) =>
      field === 'stateHandleId' && others[field] === null
        ? [field, null]
        : [field, withoutMadeUpIds(value, others[field])],
    ),
  );
}

describeWithFlink('metadata written by ckpt', (flink) => {
  let root = '';
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'ckpt-documents-'));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('is read by Flink as it is read here: generated documents, versions 3 to 6', async () => {
    const count = runs({ sample: 60, full: 2_000 });
    const documents = new Map(
      VERSIONS.flatMap((version) =>
        fc
          .sample(arbitraryMetadata(version, TEXTS), { numRuns: count, seed: testSeed })
          .map((metadata, i) => [`v${version}-${i}`, writeMetadata(metadata, version)] as const),
      ),
    );
    await expectSameReading(flink, join(root, 'generated'), documents);
  });

  it('is read by Flink as it is read here: what Flink wrote, in every version', async () => {
    const documents = new Map(
      fixtureCases().flatMap((fixture) =>
        fixtureSnapshots(fixture).flatMap(({ bytes, path }) =>
          VERSIONS.flatMap((version) =>
            rewritten(bytes, version).map(
              (other) => [`${fixture.name}-${path.replaceAll('/', '-')}-v${version}`, other] as const,
            ),
          ),
        ),
      ),
    );
    await expectSameReading(flink, join(root, 'fixtures'), documents);
  });
});

/** Before version 6 there is no place for merged channel state. */
function rewritten(bytes: Uint8Array, version: WritableVersion): Uint8Array[] {
  const metadata = readMetadata(bytes);
  try {
    return [writeMetadata(metadata, version)];
  } catch (error) {
    if (version < 6 && String(error).includes('merged channel state')) return [];
    throw error;
  }
}

async function expectSameReading(
  flink: FlinkPeer,
  directory: string,
  documents: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  mkdirSync(directory);
  for (const [name, bytes] of documents) writeFileSync(join(directory, name), bytes);
  const read = (await flink.run(['documents', directory])) as Record<string, unknown>;
  expect(Object.keys(read).sort()).toEqual([...documents.keys()].sort());
  for (const [name, bytes] of documents) {
    const ours = ourReading(bytes);
    const flinks = withoutMadeUpIds(read[name], ours);
    if (!isDeepStrictEqual(flinks, ours)) expect({ [name]: flinks }).toEqual({ [name]: ours });
  }
}
