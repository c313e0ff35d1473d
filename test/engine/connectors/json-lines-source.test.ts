import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readJsonLines } from '../../../src/engine/connectors/json-lines-source.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ckpt-json-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** All documents, `limit` lines at a time. */
async function read(path: string, limit = 2): Promise<unknown[]> {
  const source = readJsonLines(path);
  const reader = source.createReader({ subtaskIndex: 0, parallelism: 1 });
  const documents: unknown[] = [];
  await reader.start(await source.discoverSplits(1));
  try {
    for (;;) {
      const result = reader.poll({ collect: (each) => documents.push(each), emitWatermark: () => {} }, limit);
      if (result === 'end') return documents;
      if (result === 'nothing') await reader.available();
    }
  } finally {
    await reader.close();
  }
}

it('reads the documents of all files of a directory, and passes over blank lines', async () => {
  writeFileSync(join(directory, 'a.jsonl'), '{"user":"a","n":1}\r\n\n  \n[2,"ü"]');
  writeFileSync(join(directory, 'b.jsonl'), 'null\n"x"\n');
  expect(await read(directory)).toEqual([{ user: 'a', n: 1 }, [2, 'ü'], null, 'x']);
});

it('fails the job where a line is no JSON, and shows the beginning of it', async () => {
  const file = join(directory, 'bad.jsonl');
  writeFileSync(file, `1\n{"user": ${'x'.repeat(100)}\n`);
  await expect(read(file)).rejects.toMatchObject({
    code: 'job-failed',
    where: file,
    message: expect.stringMatching(/^a line of .*bad\.jsonl is no JSON: "\{\\"user\\": x+…" \(/),
  });
});
