// Everything below a directory, several pages at a time. Memory is flat: at most `concurrency` pages are under way,
// and of directories still to be listed only the names are kept, the deepest first.
//
// The trash of Hadoop's shell (`.Trash`) is reported as a directory and not entered: what is in it has been deleted.
// Snapshots (`.snapshot`) are in no listing of HDFS. Either is listed where it is asked for, as a root or by a root in
// it.
import { formatLocation, type Location } from '../../model/location.js';
import { StorageError } from '../../support/errors.js';
import type { Retry } from '../retrying.js';
import type { FileStatus, ListingBatch } from '../storage.js';
import type { WebHdfsClient } from './client.js';
import type { DirectoryPage } from './documents.js';

const TRASH = '/.Trash';

export interface ListingOptions {
  readonly client: WebHdfsClient;
  /** Pages at a time. */
  readonly concurrency: number;
  /** For each page. */
  readonly retry: Retry;
}

/** A page to be fetched. */
interface Task {
  readonly directory: Location;
  /** The last name of the page before. */
  readonly after: string | null;
  /** Entries that the NameNode counted in the directory, where it has told of it. */
  readonly children: number | null;
}

type Outcome =
  | { readonly task: Task; readonly page: DirectoryPage }
  | { readonly task: Task; readonly error: unknown };

const NOTHING: ListingBatch = { entries: [], problems: [] };

/** See StorageReader.list. */
export async function* listTree(root: Location, options: ListingOptions): AsyncGenerator<ListingBatch> {
  const pending: Task[] = [firstPage(root, null)];
  const underWay = new Map<Task, Promise<Outcome>>();
  while (pending.length > 0 || underWay.size > 0) {
    while (pending.length > 0 && underWay.size < options.concurrency) {
      const task = pending.pop()!;
      underWay.set(task, fetchPage(task, options));
    }
    const outcome = await Promise.race(underWay.values());
    underWay.delete(outcome.task);
    const batch = 'page' in outcome ? followPage(outcome, pending) : failedPage(outcome, root);
    if (batch !== NOTHING) yield batch;
  }
}

/** See StorageReader.listDirectory. */
export async function listOne(directory: Location, options: ListingOptions): Promise<readonly FileStatus[]> {
  const entries: FileStatus[] = [];
  for (let task: Task | null = firstPage(directory, null); task !== null; ) {
    const outcome: Outcome = await fetchPage(task, options);
    if ('error' in outcome) throw outcome.error;
    for (const { status } of outcome.page.entries) entries.push(status);
    task = nextPage(outcome);
  }
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Never rejects: nobody may be waiting yet when it fails. */
async function fetchPage(task: Task, { client, retry }: ListingOptions): Promise<Outcome> {
  try {
    return { task, page: await retry(() => believedPage(task, client)) };
  } catch (error) {
    return { task, error };
  }
}

/** A directory reads as empty only if the NameNode also counts nothing in it. */
async function believedPage(task: Task, client: WebHdfsClient): Promise<DirectoryPage> {
  const { directory, after, children } = task;
  const page = await client.directoryPage(directory, after);
  if (page === null) throw notADirectory(directory);
  if (page.entries.length > 0 || after !== null || children === 0) return page;
  const counted = (await client.fileStatus(directory)).children;
  if (counted === null || counted === 0) return page;
  const where = formatLocation(directory);
  throw new StorageError(
    'unavailable',
    `${where} is listed as empty, and ${counted} entries are counted in it`,
    {
      where,
      next: 'list it again: either it changes a lot, or something answers in place of the NameNode',
    },
  );
}

function followPage(outcome: Outcome & { page: DirectoryPage }, pending: Task[]): ListingBatch {
  const { task, page } = outcome;
  const next = nextPage(outcome);
  if (next !== null) pending.push(next);
  for (const { status, children } of page.entries) {
    if (status.type !== 'directory' || status.path.endsWith(TRASH)) continue;
    pending.push(firstPage({ ...task.directory, path: status.path }, children));
  }
  if (page.entries.length === 0) return NOTHING;
  return { entries: page.entries.map(({ status }) => status), problems: [] };
}

function failedPage({ task, error }: Outcome & { error: unknown }, root: Location): ListingBatch {
  const kind = error instanceof StorageError ? error.kind : null;
  if (task.directory.path === root.path) throw error;
  // Gone, or replaced by a file, since its entry was read.
  if (kind === 'not-found' || (kind === 'conflict' && error instanceof NotADirectory)) return NOTHING;
  if (kind !== 'denied') throw error;
  return { entries: [], problems: [{ path: task.directory.path, error: error as StorageError }] };
}

class NotADirectory extends StorageError {}

function notADirectory(location: Location): StorageError {
  const where = formatLocation(location);
  return new NotADirectory('conflict', `cannot list ${where}: it is no directory`, { where });
}

function firstPage(directory: Location, children: number | null): Task {
  return { directory, after: null, children };
}

function nextPage({ task, page }: Outcome & { page: DirectoryPage }): Task | null {
  return page.next === null ? null : { ...task, after: page.next };
}
