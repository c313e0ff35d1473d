// The local file system as a real store: the built tool, killed at the calls that change it.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { parseLocation } from '../../src/model/location.js';
import { localRemover } from '../../src/storage/local/writer.js';
import { sigkillOn } from './sigkill.js';

const MONTH_MS = 30 * 86_400_000;

describe('local', () => {
  let directory: string;
  let roots = 0;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'ckpt-local-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const open = async () => {
    const path = join(directory, `root${roots++}`);
    mkdirSync(path);
    const old = new Date(Date.now() - MONTH_MS);
    const age = async () => {
      for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' }))
        utimesSync(join(path, name), old, old);
    };
    return { storage: localRemover(), root: parseLocation(path, '/'), env: {}, age };
  };
  for (const quarantine of [true, false]) sigkillOn(open, { counter: 'KILL_AT_CALL', quarantine });
});
