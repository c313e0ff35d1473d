// The directory of one database on the local disk: working files of a running subtask, which nobody needs once it is gone.
import { link, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readLiveTables } from '../../../format/sst/manifest.js';
import { StorageError, UsageError } from '../../../support/errors.js';
import type { DatabaseFile, LocalSnapshot } from './local-database.js';

/** How often tables may vanish while they are linked: compactions do not end at such a rate. */
const MAX_TRIES = 100;
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

export class WorkingDirectory {
  readonly path: string;
  #snapshots = 0;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes a new directory in `parent`, which is made where it is missing. UsageError where it cannot be. */
  static async make(parent: string): Promise<WorkingDirectory> {
    try {
      await mkdir(parent, { recursive: true });
      return new WorkingDirectory(await mkdtemp(join(parent, 'ckpt-rocksdb-')));
    } catch (cause) {
      throw new UsageError(`cannot make a directory for RocksDB: ${(cause as Error).message}`, {
        where: parent,
        next: 'choose another one with -D state.backend.rocksdb.localdir=DIR',
        cause,
      });
    }
  }

  /** The directory of the database itself. */
  get database(): string {
    return join(this.path, 'db');
  }

  async place(files: AsyncIterable<DatabaseFile>): Promise<void> {
    await mkdir(this.database);
    for await (const { name, bytes } of files) {
      if (!FILE_NAME.test(name))
        throw new StorageError('corrupt', `${name} is no file of a RocksDB database`);
      await writeFile(join(this.database, name), bytes);
    }
  }

  /**
   * The files of the database as they are on disk now. The MANIFEST as far as it is written tells the tables; one that a
   * compaction removes before it is linked makes a new try.
   */
  async capture(): Promise<LocalSnapshot> {
    const directory = join(this.path, `snapshot-${++this.#snapshots}`);
    for (let tries = 1; ; tries++) {
      await mkdir(directory);
      try {
        return await this.#capture(directory);
      } catch (thrown) {
        await rm(directory, { recursive: true });
        if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT' || tries === MAX_TRIES) throw thrown;
      }
    }
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }

  async #capture(directory: string): Promise<LocalSnapshot> {
    const current = await readFile(join(this.database, 'CURRENT'));
    const manifestName = current.toString('latin1').trim();
    const manifest = await readFile(join(this.database, manifestName));
    const { numbers, sizeBytes } = readLiveTables(manifest);
    const tables = numbers.map((number) => `${String(number).padStart(6, '0')}.sst`);
    for (const table of tables) await link(join(this.database, table), join(directory, table));
    return {
      tables,
      others: [
        { name: manifestName, bytes: manifest.subarray(0, sizeBytes) },
        { name: 'CURRENT', bytes: current },
      ],
      readTable: (name) => readFile(join(directory, name)),
      release: () => rm(directory, { recursive: true, force: true }),
    };
  }
}
