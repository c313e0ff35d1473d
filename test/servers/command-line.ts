// The built command line on a real store: Flink's own checkpoints in it tell the same as in a local directory, and jobs
// write theirs into it.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, createReadStream, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answersOf, ckptProcess, cleanEnvironment, RUN } from '../cli/process.js';
import { fixtureCase, fixtureCases, fixtureRows, fixtureSnapshots } from '../support/fixtures.js';
import { testSeed } from '../support/runs.js';

/** A place in a store, with nothing in it yet. */
export interface Place {
  readonly uri: string;
  /** How `ckpt` reaches the store. */
  readonly env: Readonly<Record<string, string>>;
  /** Puts a directory of this machine, with all below it, at `name` in the place. */
  readonly load: (directory: string, name: string) => Promise<void>;
}

/** What an audit tells from the order in which files were written, which is that of the copy. */
const TOLD_BY_TIMES = ['cause', 'causes'];

/** Base directory of all fixtures when Flink wrote them. */
const WRITTEN_AT = 'file:/tmp/flink-ckpt';
const MAKE_LOG = fileURLToPath(new URL('../../scripts/make-log.mjs', import.meta.url));

export function commandLineOn(placeNow: () => Place): void {
  const directory = mkdtempSync(join(tmpdir(), 'ckpt-stores-'));
  const at = (name: string) => join(directory, name);
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  describe('all checkpoints of Flink', () => {
    beforeAll(async () => {
      for (const { treeDirectory, baseUri } of fixtureCases())
        cpSync(treeDirectory, join(at('corpus'), baseUri.slice(WRITTEN_AT.length)), { recursive: true });
      await placeNow().load(at('corpus'), 'corpus');
    }, 300_000);

    /** What is said of the corpus here and in the store, without what differs between the two. */
    const both = async (argsAt: (base: string) => readonly (readonly string[])[]) => {
      const { uri, env } = placeNow();
      const there = answersOf(argsAt(`${uri}/corpus`), { env });
      const here = answersOf(argsAt(`file://${at('corpus')}`));
      return {
        there: masked(await there, `${uri}/corpus`),
        here: masked(await here, `file://${at('corpus')}`),
      };
    };
    const rewrite = (base: string) => ['--rewrite', `${WRITTEN_AT}=${base}`];

    it('are listed the same', async () => {
      const { here, there } = await both((base) => [['list', base, ...rewrite(base)]]);
      expect(there).toEqual(here);
      const [{ snapshots }] = here as [{ readonly snapshots: readonly unknown[] }];
      expect(snapshots.length).toBeGreaterThan(70);
    });

    it('are inspected the same, file by file', async () => {
      const paths = fixtureCases().flatMap((fixture) =>
        fixtureSnapshots(fixture).map(({ path }) => `${fixture.baseUri.slice(WRITTEN_AT.length)}/${path}`),
      );
      const { here, there } = await both((base) =>
        paths.map((path) => ['inspect', base + path, '--files', ...rewrite(base)]),
      );
      expect(there).toHaveLength(paths.length);
      expect(there).toEqual(here);
    }, 300_000);

    it('are audited the same, each file and what is missing, with and without a word about their jobs', async () => {
      const words = (base: string) => [[], ['--stopped', base], ['--unknown-jobs', '--min-age', '1h']];
      const { here, there } = await both((base) =>
        words(base).map((word) => ['audit', base, '--files', ...rewrite(base), ...word]),
      );
      expect(there).toEqual(here);
      const [{ files, missingFiles }] = here as [Readonly<Record<string, readonly unknown[]>>];
      const told = fixtureCases().flatMap((fixture) => fixtureRows(fixture, 'files.txt'));
      expect(files).toHaveLength(told.filter(([path = '']) => !path.endsWith('/')).length);
      expect(missingFiles!.length).toBeGreaterThan(5);
    }, 300_000);
  });

  describe('a copy', () => {
    it('comes from there, goes there, and is made there, each time the same', async () => {
      const { uri, env, load } = placeNow();
      const fixture = fixtureCase('file-merging-across');
      const name = 'copied';
      cpSync(fixture.treeDirectory, at(name), { recursive: true });
      await load(at(name), name);
      const { path } = fixtureSnapshots(fixture)[0]!;
      const copy = (base: string, destination: string) => [
        ...['copy', `${base}/${path}`, destination],
        ...['--rewrite', `${fixture.baseUri}=${base}`],
      ];
      const places = [at('from-there'), `${uri}/copies/from-here`, `${uri}/copies/made-there`];
      const [toHere, toThere, there, again, verified] = await answersOf(
        [
          copy(`${uri}/${name}`, places[0]!),
          copy(at(name), places[1]!),
          copy(`${uri}/${name}`, places[2]!),
          copy(`${uri}/${name}`, places[2]!),
          ['verify', ...places],
        ],
        { env },
      );
      for (const made of [toHere, toThere, there]) expect(made).toMatchObject({ verified: true });
      const counts = (made: unknown) => [
        (made as { files: number }).files,
        (made as { filesCopied: number }).filesCopied,
      ];
      expect(counts(toThere)).toEqual(counts(toHere));
      expect(counts(there)).toEqual(counts(toHere));
      expect(counts(again)).toEqual([counts(toHere)[0], 0]);
      const { snapshots } = verified as { readonly snapshots: readonly { readonly restorable: boolean }[] };
      expect(snapshots.map(({ restorable }) => restorable)).toEqual([true, true, true]);
    }, 120_000);
  });

  describe('a job with its checkpoints there', () => {
    const wordCount = (uri: string, ...more: readonly string[]) => [
      ...['run', 'example:word-count', at('log.txt'), at('out'), '--checkpoint-dir', uri],
      ...['--interval', '100ms', '--retain', '2', ...more],
    ];

    it('is killed, goes on from the newest, and has every line once', async () => {
      const { uri, env } = placeNow();
      execFileSync(process.execPath, [MAKE_LOG, at('log.txt'), '6', String(testSeed)]);
      const checkpoints = `${uri}/checkpoints`;
      expect(await killedAfter(wordCount(checkpoints), { checkpoints: 2, env })).toBe('SIGKILL');
      const latest = await ckptProcess(['latest', checkpoints], { env });
      expect(latest).toMatchObject({ status: 0, stdout: expect.stringContaining(checkpoints) });
      const newest = latest.stdout.trim();
      const [inspected] = await answersOf([['inspect', newest]], { env });
      expect(inspected).toMatchObject({ path: newest });
      expect(await ckptProcess(wordCount(checkpoints, '-s', newest), { env })).toMatchObject({ status: 0 });
      expect(await committed(at('out'))).toEqual(await expected(at('log.txt')));
      const [list] = await answersOf([['list', checkpoints]], { env });
      const { snapshots } = list as { readonly snapshots: readonly { readonly condition: string }[] };
      expect(snapshots.filter(({ condition }) => condition === 'complete').length).toBeGreaterThan(1);
      expect(snapshots.map(({ condition }) => condition)).not.toContain('broken');
    }, 240_000);

    it('restores from there into a local directory, owning what it took over', async () => {
      const { uri, env } = placeNow();
      const views = ['run', 'example:page-views', '--interval', '50ms', '-q'];
      const there = [...views, '--checkpoint-dir', `${uri}/views`, '--stop-after-checkpoints', '2'];
      expect(await ckptProcess(there, { env })).toMatchObject({ status: 0 });
      const snapshot = (await ckptProcess(['latest', `${uri}/views`], { env })).stdout.trim();
      const here = ['--checkpoint-dir', at('views'), '-s', snapshot, '--claim-mode', 'claim'];
      expect(await ckptProcess([...views, ...here, '--stop-after-checkpoints', '3'], { env })).toMatchObject({
        status: 0,
      });
      expect(await ckptProcess(['latest', at('views')])).toMatchObject({ status: 0 });
      // it was subsumed by the checkpoints here
      expect(await ckptProcess(['inspect', snapshot], { env })).toMatchObject({ status: 2 });
    }, 120_000);
  });
}

/** Without the name of the place, and without the times, which are those of the copy. */
function masked(answers: readonly unknown[], base: string): readonly unknown[] {
  const text = JSON.stringify(answers)
    .replaceAll(base, 'BASE')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');
  return JSON.parse(text, (key, value) => (TOLD_BY_TIMES.includes(key) ? undefined : value));
}

/** Kills the command when it has said that so many checkpoints are complete; resolves with the signal that ended it. */
function killedAfter(
  args: readonly string[],
  { checkpoints, env }: { readonly checkpoints: number; readonly env: Readonly<Record<string, string>> },
): Promise<string | null> {
  const child = spawn(process.execPath, [RUN, ...args], {
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complete = 0;
  createInterface(child.stderr).on('line', (line) => {
    if (/^checkpoint \d+:/.test(line) && ++complete === checkpoints) child.kill('SIGKILL');
  });
  return new Promise((resolve) => child.once('close', (_, signal) => resolve(signal)));
}

/** How often each line is to be written. */
async function expected(log: string): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const lines = new Map<string, number>();
  for await (const line of createInterface(createReadStream(log))) {
    for (const word of line.split(' ')) {
      const count = (counts.get(word) ?? 0) + 1;
      counts.set(word, count);
      lines.set(`${word} ${count}`, 1);
    }
  }
  return lines;
}

async function committed(directory: string): Promise<ReadonlyMap<string, number>> {
  const lines = new Map<string, number>();
  for (const name of readdirSync(directory).filter((part) => part.startsWith('part-'))) {
    for await (const line of createInterface(createReadStream(join(directory, name))))
      lines.set(line, (lines.get(line) ?? 0) + 1);
  }
  return lines;
}

/** The files below a directory, by their paths relative to it. */
export function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .filter((path) => dirname(path) !== '');
}
