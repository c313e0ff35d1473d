import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureCase, fixtureRows } from '../support/fixtures.js';
import { ckpt } from './process.js';
import { masked, plantTree, type Tree } from './trees.js';

const CASE = 'restore-claim';
const fixture = fixtureCase(CASE);
let tree: Tree;
beforeAll(() => {
  tree = plantTree(CASE);
});
afterAll(() => tree.remove());

interface File {
  readonly path: string;
  readonly bytes: number;
  readonly class: string;
  readonly deletable: boolean;
  readonly reason?: string;
}

const listed = (name: 'files.txt' | 'orphans.txt' | 'missing.txt') =>
  fixtureRows(fixture, name)
    .map(([path = '']) => path)
    .filter((path) => !path.endsWith('/'));
const within = ({ path }: { readonly path: string }) => path.slice(`file://${tree.directory}/`.length);
const isUnneeded = (file: File) => file.class === 'orphan' || file.class === 'incomplete';

async function document(args: readonly string[]) {
  const { stdout, stderr, status } = await ckpt(['audit', tree.directory, ...tree.rewrite, ...args]);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return JSON.parse(stdout);
}

describe('ckpt audit', () => {
  test('lists every file with its class, and what is missing, in one document', async () => {
    const { schema, schemaVersion, files, missingFiles, totals, missing } = await document([
      '--files',
      '--json',
    ]);
    expect([schema, schemaVersion]).toEqual(['ckpt/audit', 1]);
    expect(files.map(within)).toEqual(listed('files.txt').sort());
    expect(files.filter(isUnneeded).map(within).sort()).toEqual(listed('orphans.txt').sort());
    expect(missingFiles.map(within)).toEqual(listed('missing.txt').sort());
    expect(missing.files).toBe(missingFiles.length);
    expect(totals.orphan.files + totals.incomplete.files).toBe(listed('orphans.txt').length);
  });

  test('says the same without files, and the same files as lines', async () => {
    const { files, missingFiles, ...head } = await document(['--files', '--json']);
    expect(await document(['--json'])).toEqual(head);
    const { stdout } = await ckpt(['audit', tree.directory, ...tree.rewrite, '--files', '--ndjson']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(files);
    expect(missingFiles.length).toBeGreaterThan(0);
  });

  test('shows the tree to people', async () => {
    const { stdout, stderr, status } = await ckpt(['audit', tree.directory, ...tree.rewrite]);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    await expect(masked(stdout, tree)).toMatchFileSnapshot('golden/audit.txt');
  });

  test.each([
    ['orphans', 3],
    ['broken,missing', 3],
    ['unreadable', 0],
  ])('with --fail-on %s ends with %i', async (findings, expected) => {
    const { status, stdout } = await ckpt(['audit', tree.directory, ...tree.rewrite, '--fail-on', findings]);
    expect(status).toBe(expected);
    expect(stdout).toContain('CLASS');
  });

  test('takes the files from an inventory of any kind', async () => {
    const expected = await document(['--files', '--json']);
    const all = readdirSync(tree.directory, { recursive: true, withFileTypes: true }).map((entry) => ({
      type: entry.isDirectory() ? 'd' : 'f',
      path: join(entry.parentPath, entry.name),
    }));
    const sizes = new Map<string, File & { readonly modified: string }>(
      expected.files.map((file: File) => [file.path.slice('file://'.length), file]),
    );
    const sizeOf = (path: string) => sizes.get(path)?.bytes ?? 0;
    const timeOf = (path: string) => sizes.get(path)?.modified ?? '2026-01-02T03:04:05.000Z';
    const inventory = `${tree.directory}.inventory`;
    const find = all.map(
      ({ type, path }) =>
        `${type} ${sizeOf(path)} ${(Date.parse(timeOf(path)) / 1000).toFixed(10)} ${path}\n`,
    );
    const rclone = all.map(({ type, path }) =>
      JSON.stringify({
        Path: path.slice(tree.directory.length + 1),
        Size: type === 'd' ? -1 : sizeOf(path),
        ModTime: timeOf(path),
        IsDir: type === 'd',
      }),
    );
    const csv = all
      .filter(({ type }) => type === 'f')
      .map(
        ({ path }) =>
          `"b","${encodeURIComponent(path.slice(1)).replaceAll('%2F', '/')}","${sizeOf(path)}","${timeOf(path)}"\n`,
      );
    writeFileSync(`${inventory}.csv.gz`, gzipSync(csv.join('')));
    const manifest = {
      sourceBucket: 'b',
      fileFormat: 'CSV',
      fileSchema: 'Bucket, Key, Size, LastModifiedDate',
      files: [{ key: `inventory/data/${inventory.slice(inventory.lastIndexOf('/') + 1)}.csv.gz` }],
    };
    for (const text of [find.join(''), `[\n${rclone.join(',\n')}\n]\n`, JSON.stringify(manifest)]) {
      writeFileSync(inventory, text);
      expect((await document(['--files', '--json', '--inventory', inventory])).files).toEqual(expected.files);
    }
    writeFileSync(inventory, `[\n${rclone.join(',\n')}`);
    const cut = await ckpt(['audit', tree.directory, '--inventory', inventory]);
    expect([cut.status, cut.stderr]).toEqual([3, expect.stringContaining('ends before its list does')]);
    for (const file of [inventory, `${inventory}.csv.gz`]) rmSync(file);
  });
});

describe('ckpt why', () => {
  test('names the snapshots and subtasks that pin a file of another job', async () => {
    const [path = '', , , , snapshots = ''] = fixtureRows(fixture, 'referenced.txt').find(
      ([file = '', , , , by = '']) => file.includes('88b638') && by.includes('ede4b2'),
    )!;
    const args = ['--in', tree.directory, ...tree.rewrite, '--json'];
    for (const file of [join(tree.directory, path), `${fixture.baseUri}/${path}`]) {
      const { stdout, status } = await ckpt(['why', file, ...args]);
      const { class: found, references } = JSON.parse(stdout);
      expect([status, found]).toEqual([0, 'referenced']);
      expect(references.map((row: { snapshot: string }) => within({ path: row.snapshot }))).toEqual(
        snapshots.split(','),
      );
      for (const row of references)
        expect(row).toMatchObject({ operatorName: 'payload', subtask: expect.any(Number), scope: 'shared' });
    }
  });

  test('tells why nobody needs a file, and of a missing one who does', async () => {
    const args = ['--in', tree.directory, ...tree.rewrite];
    const orphan = await ckpt(['why', join(tree.directory, listed('orphans.txt')[1]!), ...args]);
    expect(orphan.stdout).toContain(
      'none of the 5 snapshots read needs it; it must stay: nothing shows that its job',
    );
    const missing = await ckpt(['why', join(tree.directory, listed('missing.txt')[0]!), ...args]);
    expect(missing.stdout).toMatch(/need it, and it is not there\n\nneeded by\n/);
    const nothing = await ckpt(['why', join(tree.directory, 'nothing'), ...args]);
    expect([nothing.status, nothing.stderr]).toEqual([
      2,
      expect.stringContaining('no snapshot refers to it'),
    ]);
  });
});
