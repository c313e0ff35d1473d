// From the name of a job to its program: a module whose default export builds it on an environment. TypeScript needs no
// build. What a job imports from 'ckpt' is this very installation, wherever the job lies.
import { createJiti } from 'jiti';
import type { StreamExecutionEnvironment } from '../index.js';
import { formatLocation, type Location } from '../model/location.js';
import type { OpenReader } from '../storage/open.js';
import { CkptError, messageOf, StorageError, UsageError } from '../support/errors.js';
import { placesOf, tracedToSource } from './job-source.js';

/** What a job module exports as its default. `args` are the words after the job on the command line. */
export type JobProgram = (env: StreamExecutionEnvironment, args: readonly string[]) => void | Promise<void>;

/** The jobs that come with the package, by the names after `example:`. */
export const EXAMPLES: Readonly<Record<string, string>> = {
  counter: 'counts letters and prints each with its count so far',
  'fraud-rules': 'endless payments, held against rules that change while the job runs',
  'page-views': 'endless page views, counted by user',
  'word-count': 'counts the words of a text file into files, each exactly once (arguments: INPUT OUTPUT)',
};

/** A program that can be built. */
export interface LoadedJob {
  /** Name of the module without its extension. */
  readonly name: string;
  /** Builds the program. Throws a UsageError with the line of the module that threw. */
  build(env: StreamExecutionEnvironment, args: readonly string[]): Promise<void>;
}

/**
 * Loads the module that `job` names: `example:<name>`, or a file located by `locate`. Throws a UsageError where there is
 * none, where it does not load, or where it exports no function.
 */
export async function loadJob(
  job: string,
  world: { readonly locate: (text: string) => Location; readonly openReader: OpenReader },
): Promise<LoadedJob> {
  const location = job.startsWith('example:') ? exampleLocation(job) : world.locate(job);
  await checkModule(location, world.openReader);
  const { path } = location;
  const program = await importProgram(path);
  return {
    name: path.slice(path.lastIndexOf('/') + 1).replace(/\.[cm]?[jt]s$/, ''),
    build: async (env, args) => {
      try {
        await program(env, args);
      } catch (thrown) {
        throw thrown instanceof CkptError ? thrown : failure('while it builds its program', path, thrown);
      }
    },
  };
}

function exampleLocation(job: string): Location {
  const name = job.slice('example:'.length);
  if (Object.hasOwn(EXAMPLES, name)) {
    const { pathname } = new URL(`../../examples/${name}.ts`, import.meta.url);
    return { store: 'file', scheme: 'file', authority: '', path: decodeURIComponent(pathname) };
  }
  const names = Object.keys(EXAMPLES).map((known) => `example:${known}`);
  throw new UsageError(`there is no ${job}`, { where: job, next: `choose ${names.join(', ')}` });
}

const NEXT_MODULE = 'name a .ts, .mts, .js or .mjs file, or an example such as example:counter';

async function checkModule(location: Location, openReader: OpenReader): Promise<void> {
  const where = formatLocation(location);
  if (location.store !== 'file') {
    throw new UsageError('a job must be a local file', { where, next: 'copy it here first' });
  }
  const type = await typeOf(location, openReader);
  if (type === null) throw new UsageError(`there is no job at ${where}`, { where, next: NEXT_MODULE });
  if (type === 'directory' || !/\.[cm]?[jt]s$/.test(location.path)) {
    throw new UsageError(`${where} is no job`, { where, next: NEXT_MODULE });
  }
}

async function typeOf(location: Location, openReader: OpenReader): Promise<string | null> {
  try {
    return (await (await openReader(location)).stat(location)).type;
  } catch (thrown) {
    if (thrown instanceof StorageError && thrown.kind === 'not-found') return null;
    throw thrown;
  }
}

async function importProgram(path: string): Promise<JobProgram> {
  // The module is handed the objects of this process, so that its classes are ours.
  const virtualModules = { ckpt: await import('../index.js') };
  const jiti = createJiti(path, { virtualModules, fsCache: false, ...tracedToSource(path) });
  let program: unknown;
  try {
    program = await jiti.import(path, { default: true });
  } catch (thrown) {
    throw thrown instanceof CkptError ? thrown : failure('when it is loaded', path, thrown);
  }
  if (typeof program === 'function') return program as JobProgram;
  throw new UsageError(`the job ${path} has no function as its default export`, {
    where: path,
    next: 'write: export default function (env, args) { … }',
  });
}

function failure(when: string, path: string, thrown: unknown): UsageError {
  const syntax = syntaxError(thrown);
  const message = syntax?.message ?? messageOf(thrown).split('\nRequire stack:')[0];
  return new UsageError(`the job ${path} fails ${when}: ${message}`, {
    where: syntax?.place ?? placeOf(thrown) ?? path,
    next: 'correct the job at that place; -v shows the stack',
    cause: thrown,
  });
}

/** What the loader says of a module that it cannot parse; its columns count from 0. */
function syntaxError(thrown: unknown): { readonly message: string; readonly place: string } | null {
  const match = /^ParseError: (.*?)\s*\n\s*(\/.*:\d+):(\d+)/.exec(messageOf(thrown));
  return match && { message: `syntax error: ${match[1]}`, place: `${match[2]}:${Number(match[3]) + 1}` };
}

/** Whether an error comes from this program alone: its stack shows this program, and no file of the user's. */
export function isOurs(thrown: unknown): boolean {
  return placeOf(thrown) === undefined && placesOf(thrown).some(isOwn);
}

/** `file:line:column` of the innermost frame of a stack that belongs to neither Node, the loader nor this program. */
export function placeOf(thrown: unknown): string | undefined {
  return placesOf(thrown).find((place) => !/\/node_modules\/jiti\//.test(place) && !isOwn(place));
}

/** Directory of the compiled program (or of its sources, in tests). */
const OWN = decodeURIComponent(new URL('../', import.meta.url).pathname);

function isOwn(place: string): boolean {
  return place.startsWith(OWN);
}
