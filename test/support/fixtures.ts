// Directories that real Flink left behind, with Flink's own reading of them: test/fixtures/flink-<version>/<case>/.
// A case is a folder that is dropped in; nothing here or in a test names one.
//
//   origin.md        who wrote it, how, and the base directory of its absolute paths
//   tree/            the directory as Flink left it
//   files.txt        path TAB bytes of all in tree/; an empty directory, which git does not keep, ends in /
//   referenced.txt   path TAB bytes TAB kind TAB handles TAB snapshots: what all `_metadata` of tree/ refer to
//   orphans.txt      path TAB bytes: on disk and in no `_metadata`
//   missing.txt      like referenced.txt, not on disk (only where there are any)
//   expected/        for tree/DIR/_metadata: DIR.json (every field) and DIR.files.tsv (path, bytes, kind, handles)
//   state/           UID.STATE.txt: `# SNAPSHOT uid=… state=… backend=…`, then key=value lines (some cases)
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../fixtures', import.meta.url));

export interface FixtureCase {
  /** Name of the folder. */
  readonly name: string;
  /** `2.3.0` */
  readonly flinkVersion: string;
  readonly directory: string;
  readonly treeDirectory: string;
  /** The URI that `treeDirectory` had when it was written: `file:/tmp/…`. */
  readonly baseUri: string;
}

/** A `_metadata` of a case. */
export interface FixtureSnapshot {
  /** Its directory below the tree: `checkpoints/<job>/chk-5`. */
  readonly path: string;
  /** URI of its directory when it was written. */
  readonly uri: string;
  readonly metadataFile: string;
  readonly bytes: Uint8Array;
}

let cases: readonly FixtureCase[] | undefined;

/** All cases, in the order of Flink version and name. Read once: nobody changes them. */
export function fixtureCases(): readonly FixtureCase[] {
  cases ??= directoriesOf(ROOT).flatMap((release) =>
    directoriesOf(join(ROOT, release)).map((name) => readCase(release, name)),
  );
  return cases;
}

/** The case with this name; throws where there is none. */
export function fixtureCase(name: string): FixtureCase {
  const found = fixtureCases().find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no fixture is called ${name}`);
  return found;
}

const snapshots = new Map<FixtureCase, readonly FixtureSnapshot[]>();

/** Every `_metadata` of a case, in the order of their paths. Read once, like the cases. */
export function fixtureSnapshots(fixture: FixtureCase): readonly FixtureSnapshot[] {
  const known = snapshots.get(fixture) ?? readSnapshots(fixture);
  snapshots.set(fixture, known);
  return known;
}

function readSnapshots(fixture: FixtureCase): readonly FixtureSnapshot[] {
  return readdirSync(fixture.treeDirectory, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('/_metadata'))
    .map((path) => path.slice(0, -'/_metadata'.length))
    .sort()
    .map((path) => {
      const metadataFile = join(fixture.treeDirectory, path, '_metadata');
      return { path, uri: `${fixture.baseUri}/${path}`, metadataFile, bytes: readFileSync(metadataFile) };
    });
}

/** Flink's reading of a snapshot, field by field. */
export function expectedDocument(fixture: FixtureCase, snapshot: FixtureSnapshot): unknown {
  return JSON.parse(readFileSync(join(fixture.directory, 'expected', `${snapshot.path}.json`), 'utf8'));
}

/** The rows of what Flink says a snapshot refers to: [path, bytes, kind, handles]. */
export function expectedFiles(fixture: FixtureCase, snapshot: FixtureSnapshot): readonly string[][] {
  return readRows(join(fixture.directory, 'expected', `${snapshot.path}.files.tsv`));
}

/** The rows of a list of the case, split at tabs; none where the case has no such list. */
export function fixtureRows(
  fixture: FixtureCase,
  list: 'files.txt' | 'referenced.txt' | 'orphans.txt' | 'missing.txt',
): readonly string[][] {
  const file = join(fixture.directory, list);
  return existsSync(file) ? readRows(file) : [];
}

/** A keyed state of a snapshot as Flink read it. */
export interface FixtureState {
  /** Directory of the snapshot below the tree. */
  readonly path: string;
  /** `uid`, `state`, `backend`, and `kind` where it is not a ValueState. */
  readonly attributes: Readonly<Record<string, string>>;
  /** `key=value`, sorted; a map is `key={k:v, k:v}`. */
  readonly lines: readonly string[];
}

/** The keyed states that Flink read from the case. */
export function fixtureStates(fixture: FixtureCase): readonly FixtureState[] {
  const directory = join(fixture.directory, 'state');
  if (!existsSync(directory)) return [];
  return readdirSync(directory).map((file) => {
    const [head = '', ...lines] = readFileSync(join(directory, file), 'utf8').trimEnd().split('\n');
    const [path = '', ...attributes] = head.replace(/^# /, '').split(' ');
    return { path, attributes: Object.fromEntries(attributes.map((text) => text.split('='))), lines };
  });
}

/** Copies the tree of a case into `targetDirectory` (made if need be), with the empty directories that git lost. */
export function materializeTree(fixture: FixtureCase, targetDirectory: string): void {
  cpSync(fixture.treeDirectory, targetDirectory, { recursive: true });
  for (const [path = ''] of fixtureRows(fixture, 'files.txt')) {
    if (path.endsWith('/')) mkdirSync(join(targetDirectory, path), { recursive: true });
  }
}

function readCase(release: string, name: string): FixtureCase {
  const directory = join(ROOT, release, name);
  const origin = readFileSync(join(directory, 'origin.md'), 'utf8');
  const baseUri = /Base directory when written: `([^`]+)`/.exec(origin)?.[1];
  if (baseUri === undefined) throw new Error(`${directory}/origin.md does not tell the base directory`);
  const flinkVersion = release.replace(/^flink-/, '');
  return { name, flinkVersion, directory, treeDirectory: join(directory, 'tree'), baseUri };
}

function directoriesOf(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function readRows(file: string): string[][] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}
