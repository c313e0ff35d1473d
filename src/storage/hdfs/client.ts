// The operations of WebHDFS that decide, list or change, typed (Hadoop "WebHDFS REST API"). Asks the active NameNode
// of a pair and stays with it. Repeats nothing that may have been carried out: that is for a wrapper to decide.
import { formatLocation, type Location, parent } from '../../model/location.js';
import { StorageError } from '../../support/errors.js';
import type { Pieces } from '../storage.js';
import { type ContentSummary, type DirectoryPage, RemoteDocument, type RemoteStatus } from './documents.js';
import type { HttpAnswer } from './http.js';
import type { NameNodes, Operation } from './name-nodes.js';
import { type Attempted, RemoteError, remoteError } from './remote-error.js';

export class WebHdfsClient {
  readonly #nameNodes: NameNodes;
  #hasBatches = true;

  constructor(nameNodes: NameNodes) {
    this.#nameNodes = nameNodes;
  }

  /** Status of a file or directory. */
  async fileStatus(location: Location): Promise<RemoteStatus> {
    const document = await this.#document(location, { verb: 'look at', method: 'GET', op: 'GETFILESTATUS' });
    return document.fileStatus();
  }

  /**
   * Entries of a directory from after the name `after` on, as many as the NameNode sends at once; null where a file is
   * in its place. Before Hadoop 2.9 that is the whole directory.
   */
  async directoryPage(location: Location, after: string | null): Promise<DirectoryPage | null> {
    const list = { verb: 'list', method: 'GET' } as const;
    if (this.#hasBatches) {
      const parameters: Operation['parameters'] = after === null ? {} : { startAfter: after };
      try {
        return (
          await this.#document(location, { ...list, op: 'LISTSTATUS_BATCH', parameters })
        ).directoryPage();
      } catch (thrown) {
        if (after !== null || !isUnknownOperation(thrown)) throw thrown;
        this.#hasBatches = false;
      }
    }
    return (await this.#document(location, { ...list, op: 'LISTSTATUS' })).wholeDirectory();
  }

  /** Totals below a directory, counted by the NameNode. */
  async contentSummary(location: Location): Promise<ContentSummary> {
    const document = await this.#document(location, {
      verb: 'sum up',
      method: 'GET',
      op: 'GETCONTENTSUMMARY',
    });
    return document.contentSummary();
  }

  /** Where the shell of Hadoop would move what it removes at `location`: a path. */
  async trashRoot(location: Location): Promise<string> {
    const operation = { verb: 'find the trash of', method: 'GET', op: 'GETTRASHROOT' } as const;
    return (await this.#document(location, operation)).text('Path');
  }

  /** Paths of the directories of this user that may have snapshots; of all users for the superuser. */
  async snapshottableDirectories(root: Location): Promise<readonly string[]> {
    const operation = {
      verb: 'find snapshots in',
      method: 'GET',
      op: 'GETSNAPSHOTTABLEDIRECTORYLIST',
    } as const;
    return (await this.#document({ ...root, path: '/' }, operation)).snapshottableDirectories();
  }

  /** The NameNode's time by its own clock, milliseconds since the epoch, in whole seconds. */
  async time(root: Location): Promise<number> {
    const operation = { verb: 'look at', method: 'GET', op: 'GETFILESTATUS' } as const;
    const { headers } = await this.#ask({ ...root, path: '/' }, operation);
    // The NameNode sends it twice.
    const time = Date.parse(/^\w+, \d+ \w+ \d+ [\d:]+ GMT/.exec(headers.date ?? '')?.[0] ?? '');
    if (!Number.isNaN(time)) return time;
    const where = formatLocation(root);
    throw new StorageError('corrupt', `the NameNode of ${where} does not tell its time`, { where });
  }

  /** Makes the directory and its parents. */
  async makeDirectories(location: Location): Promise<void> {
    const operation = { verb: 'make the directory', method: 'PUT', op: 'MKDIRS' } as const;
    const document = await this.#document(location, operation);
    if (!document.boolean()) throw refused(location, 'make the directory');
  }

  /** Writes a new file in a directory that exists; `already-exists` where something is. Errors speak of `subject`. */
  async create(location: Location, content: Uint8Array | Pieces, subject: Location): Promise<void> {
    const parameters = { overwrite: 'false', createparent: 'false', noredirect: 'true' };
    const operation = { verb: 'write', method: 'PUT', op: 'CREATE', parameters } as const;
    const url = await this.#dataNode(location, operation, subject);
    const attempted = { verb: 'write', location: subject };
    const answer = await this.#nameNodes.send({ method: 'PUT', url, body: content }, attempted);
    if (answer.status !== 201) throw remoteError(answer, attempted);
  }

  /**
   * The URL of a DataNode that has the bytes: `length` from `offset`, or all. Holds the credentials: not for messages.
   */
  async whereToRead(
    location: Location,
    range: { readonly offset: number; readonly length: number } | null,
  ): Promise<URL> {
    const bounds: Operation['parameters'] =
      range === null ? {} : { offset: `${range.offset}`, length: `${range.length}` };
    const parameters = { ...bounds, noredirect: 'true' };
    const operation = { verb: 'read', method: 'GET', op: 'OPEN', parameters } as const;
    return this.#dataNode(location, operation);
  }

  /**
   * Gives the file `from` the name `to`, atomically (rename2 of the NameNode). With `replace` a file of that name
   * goes, else `already-exists` is thrown.
   */
  async rename(from: Location, to: Location, options: { readonly replace: boolean }): Promise<void> {
    const parameters = { destination: to.path, renameoptions: options.replace ? 'OVERWRITE' : 'NONE' };
    const operation = { verb: 'rename to', method: 'PUT', op: 'RENAME', parameters } as const;
    const { body } = await this.#ask(from, operation, to);
    // A gateway that does not know renameoptions answers a boolean, and has not replaced anything.
    if (body.length > 0 && !new RemoteDocument(from, body).boolean()) throw refused(to, 'rename to');
  }

  /** Removes a file or an empty directory; false where nothing is. Does not use the trash. */
  async delete(location: Location): Promise<boolean> {
    const operation = {
      verb: 'remove',
      method: 'DELETE',
      op: 'DELETE',
      parameters: { recursive: 'false' },
    } as const;
    return (await this.#document(location, operation)).boolean();
  }

  async #document(location: Location, operation: Operation): Promise<RemoteDocument> {
    return new RemoteDocument(location, (await this.#ask(location, operation)).body);
  }

  /** First step of CREATE and OPEN. Older servers redirect though asked not to. */
  async #dataNode(location: Location, operation: Operation, subject = location): Promise<URL> {
    const answer = await this.#ask(location, operation, subject);
    const redirect = answer.headers.location ?? new RemoteDocument(location, answer.body).text('Location');
    const url = URL.canParse(redirect) ? new URL(redirect) : null;
    if (url !== null && (url.protocol === 'https:' || url.protocol === this.#nameNodes.protocol)) return url;
    const where = formatLocation(subject);
    throw new StorageError('denied', `the NameNode of ${where} sends us to ${url?.origin ?? 'nowhere'}`, {
      where,
      next: 'with swebhdfs the DataNodes must speak https too: see dfs.http.policy',
    });
  }

  /** The answer of the active NameNode. What is met at `location` is said of `subject` in messages. */
  async #ask(location: Location, operation: Operation, subject = location): Promise<HttpAnswer> {
    try {
      return await this.#nameNodes.ask(location, operation, { verb: operation.verb, location: subject });
    } catch (thrown) {
      if (!(thrown instanceof RemoteError) || thrown.exception !== 'AccessControlException') throw thrown;
      throw await this.#clarified(thrown, { verb: operation.verb, location: subject });
    }
  }

  /** "Denied" is also said of a path that runs through a file: then what is above it is a file, or absent itself. */
  async #clarified(denied: RemoteError, attempted: Attempted): Promise<RemoteError> {
    if (attempted.location.path === '/') return denied;
    const above = await this.fileStatus(parent(attempted.location)).then(
      ({ status }) => status.type,
      (thrown: unknown) => (thrown instanceof StorageError ? thrown.kind : null),
    );
    if (above !== 'file' && above !== 'not-found') return denied;
    const { exception, status } = denied;
    return new RemoteError('not-found', 'its path runs through a file', { ...attempted, exception, status });
  }
}

function isUnknownOperation(thrown: unknown): boolean {
  return (
    thrown instanceof RemoteError && thrown.status === 400 && thrown.exception === 'IllegalArgumentException'
  );
}

function refused(location: Location, verb: string): StorageError {
  const where = formatLocation(location);
  return new StorageError('conflict', `cannot ${verb} ${where}: the NameNode refuses and gives no reason`, {
    where,
  });
}
