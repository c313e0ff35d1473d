// Fixture trees as directories of this machine, with times that stand still.
import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixtureCase, materializeTree } from '../support/fixtures.js';

const WRITTEN = new Date('2026-01-02T03:04:05.000Z');

export interface Tree {
  readonly directory: string;
  /** What `--rewrite` needs to find the files of the tree. */
  readonly rewrite: readonly string[];
  readonly remove: () => void;
}

/** Copies the tree of a fixture to a new directory; every file was modified at the same moment. */
export function plantTree(caseName: string): Tree {
  const fixture = fixtureCase(caseName);
  const directory = mkdtempSync(join(tmpdir(), `ckpt-cli-${caseName}-`));
  materializeTree(fixture, directory);
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' }))
    utimesSync(join(directory, name), WRITTEN, WRITTEN);
  return {
    directory,
    rewrite: ['--rewrite', `${fixture.baseUri}=${directory}`],
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Text for people without what differs from run to run: the place of the tree and how long ago it was written. */
export function masked(text: string, tree: Tree): string {
  return text
    .replaceAll(tree.directory, '/tree')
    .replaceAll(/( +|\()\d+ (s|min|h|d|y)\b/g, '$1AGE')
    .replaceAll(/ +AGE/g, ' AGE');
}
