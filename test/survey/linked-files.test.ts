// Files of the local file system that have several names, as a survey tells of them.
import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { baseName, parseLocation } from '../../src/model/location.js';
import { openReader } from '../../src/storage/open.js';
import { surveyFiles } from '../../src/survey/files/survey-files.js';

describe('hard links', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ckpt-links-'));
    mkdirSync(join(directory, 'shared'));
    for (const name of ['a', 'b', 'c']) writeFileSync(join(directory, 'shared', name), name);
    linkSync(join(directory, 'shared', 'b'), join(directory, 'kept'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it.each([true, false])('are told of each name of a file that has several (sorted: %s)', async (sorted) => {
    const survey = await surveyFiles([parseLocation(directory, '/')], { openReader });
    const files = [...survey.files({ sorted })].map(({ location, linked, sizeBytes }) => ({
      name: baseName(location),
      linked,
      sizeBytes,
    }));
    survey.close();
    expect(files.sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: 'a', linked: false, sizeBytes: 1 },
      { name: 'b', linked: true, sizeBytes: 1 },
      { name: 'c', linked: false, sizeBytes: 1 },
      { name: 'kept', linked: true, sizeBytes: 1 },
    ]);
  });
});
