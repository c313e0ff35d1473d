// The commands that delete, as users run them: trees of real Flink, cleaned on this machine's disk.
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { fixtureCase, fixtureRows } from '../support/fixtures.js';
import { answersOf, ckpt, complaintsOf } from './process.js';
import { plantTree, type Tree } from './trees.js';

const trees: Tree[] = [];
afterEach(() => {
  for (const tree of trees.splice(0)) tree.remove();
});

function plant(name: string): Tree {
  const tree = plantTree(name);
  trees.push(tree);
  return tree;
}

/** Every file below, but for what this tool keeps for itself. */
function filesOf({ directory }: Tree): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.startsWith('.ckpt-') && statSync(join(directory, path)).isFile())
    .sort();
}

/** Gives every file a second name under `mount/`, as a mount does whose directories are none that are known. */
function meetTwice({ directory }: Tree, files: readonly string[]): void {
  for (const path of files) {
    const second = join(directory, 'mount', path);
    mkdirSync(dirname(second), { recursive: true });
    linkSync(join(directory, path), second);
  }
}

/** The user's word on every job of the tree. */
function wordOnAll({ directory }: Tree): readonly string[] {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const ids = new Set(names.flatMap((path) => /(?:^|\/)([0-9a-f]{32})$/.exec(path)?.[1] ?? []));
  return [...ids].flatMap((id) => ['--job-stopped', id]);
}

interface Plan {
  readonly totals: { readonly files: number };
  readonly heldBack: readonly { readonly reason: string }[];
  readonly snapshots: readonly { readonly path: string; readonly action: string }[];
}

/** What command lines answer with --json, one after the other. */
async function answers<const C extends readonly (readonly string[])[]>(
  ...commandLines: C
): Promise<{ [K in keyof C]: Plan }> {
  return (await answersOf(commandLines)) as { [K in keyof C]: Plan };
}

const orphansOf = (name: string) => fixtureRows(fixtureCase(name), 'orphans.txt').map(([path = '']) => path);

describe('cleaning what real Flink left', () => {
  test('takes the orphans of jobs that have ended, and nothing else', async () => {
    const tree = plant('restore-claim');
    const before = filesOf(tree);
    const args = [tree.directory, ...tree.rewrite];
    const [unknown, done] = await answers(
      ['plan', ...args],
      ['clean', ...args, ...wordOnAll(tree), '--apply', '--yes'],
    );
    const orphans = orphansOf('restore-claim');
    expect(unknown).toMatchObject({ schema: 'ckpt/plan', noop: true, deletions: [] });
    expect(unknown.heldBack.map(({ reason }) => reason)).toEqual(orphans.map(() => 'job-may-run'));
    expect(done).toMatchObject({ quarantined: orphans.length, failed: [], skipped: [], verified: 3 });
    expect(filesOf(tree)).toEqual(before.filter((path) => !orphans.includes(path)));
  });

  test('copies what goes to the place that is named, outside of what is cleaned, and brings it back', async () => {
    const tree = plant('restore-claim');
    const before = filesOf(tree);
    const aside = plant('restore-claim');
    const args = [tree.directory, ...tree.rewrite, ...wordOnAll(tree)];
    const copying = ['--quarantine', aside.directory];
    const [inside] = await complaintsOf([['plan', ...args, '--quarantine', join(tree.directory, 'aside')]]);
    expect(inside).toMatchObject({
      status: 4,
      text: expect.stringContaining('cannot lie beside the files of'),
    });
    const [planned, done] = await answers(
      ['plan', ...args, ...copying],
      ['clean', ...args, ...copying, '--apply', '--yes'],
    );
    const orphans = orphansOf('restore-claim');
    expect(planned).toMatchObject({ policy: { quarantine: `file://${aside.directory}` } });
    expect(done).toMatchObject({ quarantined: orphans.length, failed: [], verified: 3 });
    const trash = join(aside.directory, '.ckpt-trash');
    const copies = () => filesOf({ ...aside, directory: trash });
    expect(copies()).toHaveLength(orphans.length);
    const { runId } = done as unknown as { readonly runId: string };
    await answers(['undo', runId, '--in', tree.directory, ...tree.rewrite]);
    expect(filesOf(tree)).toEqual(before);
    expect(copies()).toEqual([]);
  });

  test('takes the same of a tree that is met by two paths, and no file by its other name', async () => {
    const tree = plant('restore-claim');
    const before = filesOf(tree);
    meetTwice(tree, before);
    const args = [tree.directory, ...tree.rewrite, ...wordOnAll(tree)];
    const [planned, done] = await answers(['plan', ...args], ['clean', ...args, '--apply', '--yes']);
    const held = planned.heldBack.filter(({ reason }) => reason === 'name-referenced-elsewhere');
    expect(held.length).toBeGreaterThan(10);
    expect(held.length).toBe(planned.heldBack.length);
    const orphans = orphansOf('restore-claim');
    expect(done).toMatchObject({ quarantined: orphans.length * 2, failed: [], skipped: [] });
    const left = before.filter((path) => !orphans.includes(path));
    expect(filesOf(tree)).toEqual([...left, ...left.map((path) => `mount/${path}`)].sort());
  });

  test('keeps two newer checkpoints than any that goes, where nothing is known of the job', async () => {
    const tree = plant('rocksdb-incremental');
    const args = [tree.directory, ...tree.rewrite, '--keep-last', '1', '--max-percent', '100'];
    const [unknown, ended] = await answers(['plan', ...args], ['plan', ...args, ...wordOnAll(tree)]);
    const going = ({ snapshots }: Plan) =>
      snapshots
        .filter(({ action }) => action === 'delete')
        .map(({ path }) => path.slice(path.lastIndexOf('/')));
    expect(going(unknown)).toEqual(['/chk-5']);
    expect(going(ended)).toEqual(['/chk-6', '/chk-5']);
  });
});

describe('a plan in a file', () => {
  test('is shown, carried out once, and left alone after that', async () => {
    const tree = plant('restore-claim');
    const file = `${tree.directory}.plan.json`;
    const [made, shown, done] = await answers(
      ['plan', tree.directory, ...tree.rewrite, ...wordOnAll(tree), '-o', file],
      ['show', file],
      ['apply', file],
    );
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(made);
    expect(shown).toEqual(made);
    expect(done).toMatchObject({ quarantined: made.totals.files, alreadyDone: false });
    const after = filesOf(tree);
    const { status, stdout } = await ckpt(['apply', file], { cwd: '/' });
    expect([status, stdout]).toEqual([0, expect.stringContaining('this plan was carried out before')]);
    expect(filesOf(tree)).toEqual(after);
    rmSync(file);
  });

  test('is refused where it was edited, is for another version, or CKPT_DISABLE_DELETE is set', async () => {
    const tree = plant('restore-claim');
    const before = filesOf(tree);
    const file = `${tree.directory}.plan.json`;
    await answers(['plan', tree.directory, ...tree.rewrite, ...wordOnAll(tree), '-o', file]);
    const text = readFileSync(file, 'utf8');
    const edits = [
      [/"kind": "orphan"/, '"kind": "shared"'],
      [/"roots": \[\n *"[^"]*"/, '"roots": ["file:///"'],
      [/"toolVersion": "[^"]*"/, '"toolVersion": "0.0.1"'],
    ] as const;
    const commands = edits.map(([from, to], index) => {
      writeFileSync(`${file}.${index}`, text.replace(from, to));
      return ['apply', `${file}.${index}`];
    });
    const complaints = [
      ...(await complaintsOf(commands)),
      ...(await complaintsOf([['apply', file]], { env: { CKPT_DISABLE_DELETE: '1' } })),
    ];
    for (const { status, text: said } of complaints)
      expect([status, said]).toEqual([4, expect.stringContaining('nothing was changed')]);
    expect(complaints).toHaveLength(edits.length + 1);
    expect(filesOf(tree)).toEqual(before);
    expect(existsSync(join(tree.directory, '.ckpt-journal'))).toBe(false);
    for (const path of [file, ...commands.map(([, path]) => path!)]) rmSync(path);
  });
});

test('clean --apply wants --yes where nobody can be asked', async () => {
  const [complaint] = await complaintsOf([['clean', '/', '--apply']]);
  expect(complaint).toMatchObject({ status: 2, text: expect.stringContaining('say --yes') });
});
