// A tree of checkpoints that grow by the hour, with times up to now: every number can be told beforehand.
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { file, metadataBytes } from '../survey/documents.js';

export const JOB = 'ab'.repeat(16);
export const HOUR_MS = 3_600_000;

export interface GrowingTree {
  readonly directory: string;
  /** Of all `_metadata` together. */
  readonly metadataBytes: number;
  readonly remove: () => void;
}

/**
 * Full checkpoints 1 to `count`, an hour apart, the last one just now: checkpoint n has a file of n · 100,000 bytes. Beside
 * them lies a file of 50,000 bytes that nobody needs.
 */
export function plantGrowingTree(count: number): GrowingTree {
  const directory = mkdtempSync(join(tmpdir(), 'ckpt-growing-'));
  const nowMs = Date.now();
  const write = (path: string, content: Uint8Array, hoursAgo: number): void => {
    const place = join(directory, JOB, path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, content);
    const time = new Date(nowMs - hoursAgo * HOUR_MS);
    utimesSync(place, time, time);
  };
  let sumBytes = 0;
  for (let id = 1; id <= count; id++) {
    const name = `00000000-0000-4000-8000-00000000000${id}`;
    const bytes = id * 100_000;
    const metadata = metadataBytes({
      checkpointId: BigInt(id),
      streams: [file(`file:${directory}/${JOB}/chk-${id}/${name}`, bytes)],
    });
    write(`chk-${id}/${name}`, new Uint8Array(bytes), count - id);
    write(`chk-${id}/_metadata`, metadata, count - id);
    sumBytes += metadata.length;
  }
  write('shared/00000000-0000-4000-8000-0000000000ff', new Uint8Array(50_000), count);
  return {
    directory,
    metadataBytes: sumBytes,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
