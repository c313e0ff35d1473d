import { mkdir, mkdtemp, rm, symlink, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_LINE_BYTES } from '../../../src/engine/connectors/line-cutter.js';
import { readTextFile, TextFileReader } from '../../../src/engine/connectors/text-file-source.js';
import type { TextFileSplit } from '../../../src/engine/connectors/text-file-split.js';
import { runs, testSeed } from '../../support/runs.js';

let directory: string;
const at = (name: string) => join(directory, name);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ckpt-text-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Reads splits to their end, or until `enough` lines; returns them and the splits as they stand then. */
async function read(splits: readonly TextFileSplit[], { enough = Infinity, chunkBytes = 7, limit = 3 } = {}) {
  const reader = new TextFileReader(chunkBytes);
  const lines: string[] = [];
  await reader.start(splits);
  try {
    while (lines.length < enough) {
      const left = Math.min(limit, enough - lines.length);
      const result = reader.poll({ collect: (line) => lines.push(line), emitWatermark: () => {} }, left);
      if (result === 'end') break;
      if (result === 'nothing') await reader.available();
    }
    return { lines, splits: reader.snapshotState() };
  } finally {
    await reader.close();
  }
}

const discover = (path = directory, parallelism = 1) => readTextFile(path).discoverSplits(parallelism);

/** The same file cut at the given borders. */
function cut(path: string, fileBytes: number, borders: readonly number[]): TextFileSplit[] {
  const sorted = [0, ...[...borders].sort((a, b) => a - b), fileBytes];
  return sorted.slice(1).map((to, index) => {
    const from = sorted[index]!;
    return { path, from, to, position: from, fileBytes };
  });
}

describe('lines', () => {
  it.each([
    ['ends in a newline', 'a\nb\n', ['a', 'b']],
    ['does not end in a newline', 'a\nb', ['a', 'b']],
    ['holds empty lines', '\n\na\n\n', ['', '', 'a', '']],
    ['has the line ends of Windows', 'a\r\nb\r\n\r\nc\r', ['a', 'b', '', 'c']],
    ['has a return inside a line', 'a\rb\nc', ['a\rb', 'c']],
    ['is empty', '', []],
    ['holds characters longer than a chunk has bytes left', 'größe 価格 𝄞𝄞\n𝄞', ['größe 価格 𝄞𝄞', '𝄞']],
  ])('are read from a file that %s', async (_, content, expected) => {
    await writeFile(at('input'), content);
    expect((await read(await discover(at('input')))).lines).toEqual(expected);
  });

  it('keep bytes that are no UTF-8 as replacement characters', async () => {
    await writeFile(at('input'), Buffer.from([0x61, 0xff, 0x0a, 0xc3]));
    expect((await read(await discover())).lines).toEqual(['a\ufffd', '\ufffd']);
  });

  it('are each read once however the file is cut, whatever the chunks, wherever reading is interrupted', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'ö', '価', '𝄞', '\n', '\n', '\r\n'), maxLength: 60 });
    const cases = fc.record({
      text,
      borders: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
      chunkBytes: fc.integer({ min: 1, max: 40 }),
      stops: fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 4 }),
    });
    const path = at('input');
    const property = fc.asyncProperty(cases, async ({ text, borders, chunkBytes, stops }) => {
      const bytes = Buffer.from(text);
      await writeFile(path, bytes);
      let splits: readonly TextFileSplit[] = cut(
        path,
        bytes.length,
        borders.map((part) => Math.floor(part * bytes.length)),
      );
      const seen: string[] = [];
      for (const enough of [...stops, Infinity]) {
        const part = await read(splits, { enough, chunkBytes });
        seen.push(...part.lines);
        splits = part.splits.map((split) => decodeAgain(split));
      }
      const whole = text.split('\n').map((line) => line.replace(/\r$/, ''));
      if (text.endsWith('\n') || text === '') whole.pop();
      expect(seen).toEqual(whole);
    });
    await fc.assert(property, { numRuns: runs({ sample: 80, full: 5_000 }), seed: testSeed });
  });

  it('longer than the bound fail with the place of the line', async () => {
    await writeFile(
      at('input'),
      Buffer.concat([Buffer.from('first\n'), Buffer.alloc(MAX_LINE_BYTES + 1, 'x')]),
    );
    const reading = read(await discover(), { chunkBytes: 2 ** 20 });
    await expect(reading).rejects.toMatchObject({
      code: 'job-failed',
      message: expect.stringContaining('begins at byte 6 of'),
      next: expect.stringContaining('newline'),
    });
  });
});

/** As the state of an operator keeps it. */
function decodeAgain(split: TextFileSplit): TextFileSplit {
  const source = readTextFile('/any');
  return source.deserializeSplit(source.serializeSplit(split));
}

describe('splits', () => {
  it('of a directory are its files and those below it in order, without names that begin with . or _', async () => {
    await mkdir(at('b'));
    for (const name of ['c.txt', 'a.txt', '.hidden', '_SUCCESS', 'b/1.txt', 'b/.part.inprogress']) {
      await writeFile(at(name), `${name}\n`);
    }
    expect((await read(await discover())).lines).toEqual(['a.txt', 'b/1.txt', 'c.txt']);
  });

  it('of a large file come in multiples of the parallelism, of about one size', async () => {
    await writeFile(at('input'), '');
    await truncate(at('input'), 200 * 2 ** 20);
    const splits = await discover(at('input'), 3);
    const sizes = splits.map(({ from, to }) => to - from);
    expect(splits).toHaveLength(6);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    expect(splits.at(-1)!.to).toBe(200 * 2 ** 20);
  });

  it('of a small file are one', async () => {
    await writeFile(at('input'), 'a\n'.repeat(1000));
    expect(await discover(at('input'), 4)).toHaveLength(1);
  });

  it('follow a link to a file and refuse one to a directory', async () => {
    await writeFile(at('target'), 'x\n');
    await symlink(at('target'), at('link'));
    expect((await read(await discover())).lines).toEqual(['x', 'x']);
    await symlink(directory, at('circle'));
    await expect(discover()).rejects.toMatchObject({ code: 'usage', where: at('circle') });
  });

  it('are a usage error where the input does not exist or is no file', async () => {
    await expect(discover(at('absent'))).rejects.toMatchObject({ code: 'usage', where: at('absent') });
    await expect(discover('/dev/null')).rejects.toMatchObject({ code: 'usage', where: '/dev/null' });
  });

  it('refuse state of something else', () => {
    const source = readTextFile('/any');
    const valid = { path: '/a', from: 0, to: 9, position: 3, fileBytes: 9 };
    for (const broken of [
      '',
      '{}',
      'null',
      JSON.stringify({ ...valid, position: 10 }),
      JSON.stringify({ ...valid, from: -1 }),
    ]) {
      expect(() => source.deserializeSplit(Buffer.from(broken)), broken).toThrow(
        'not the position of a text file',
      );
    }
    expect(source.deserializeSplit(Buffer.from(JSON.stringify(valid)))).toEqual(valid);
  });

  it('of anything but local paths are refused at once', () => {
    expect(() => readTextFile('s3://bucket/input')).toThrow('s3://bucket/input is not');
    expect(() => readTextFile('ftp://host/input')).toThrow('unknown or malformed location');
  });
});

describe('between a checkpoint and its restore', () => {
  async function interrupted(): Promise<readonly TextFileSplit[]> {
    await writeFile(at('input'), 'one\ntwo\nthree\n');
    return (await read(await discover(), { enough: 1 })).splits;
  }

  it('what is appended is not read', async () => {
    const splits = await interrupted();
    await writeFile(at('input'), 'one\ntwo\nthree\nfour\n');
    expect((await read(splits)).lines).toEqual(['two', 'three']);
  });

  it('a file that vanished is named', async () => {
    const splits = await interrupted();
    await unlink(at('input'));
    await expect(read(splits)).rejects.toMatchObject({
      code: 'storage-not-found',
      where: `file://${at('input')}`,
      message: expect.stringContaining('go on at byte 4 of'),
    });
  });

  it('a file that shrank is refused', async () => {
    const splits = await interrupted();
    await truncate(at('input'), 9);
    await expect(read(splits)).rejects.toThrow('was cut short: 9 bytes, but 14 when the job first read it');
  });

  it('a file that was rewritten is refused where the position is no beginning of a line', async () => {
    const splits = await interrupted();
    await writeFile(at('input'), 'one two three four\n');
    await expect(read(splits)).rejects.toThrow('no line begins at byte 4');
  });

  it('a file that shrinks while it is read is refused', async () => {
    await writeFile(at('input'), 'a\n'.repeat(1000));
    const splits = await discover();
    const reader = new TextFileReader(100);
    await reader.start(splits);
    await truncate(at('input'), 10);
    const drain = async () => {
      for (let result = 'more'; result !== 'end'; ) {
        result = reader.poll({ collect: () => {}, emitWatermark: () => {} }, 10);
        if (result === 'nothing') await reader.available();
      }
    };
    await expect(drain()).rejects.toThrow('was cut short: 10 bytes, but 2000');
    await reader.close();
  });
});
