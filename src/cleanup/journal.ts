// What a run writes down before it changes anything, and how it ended: in the store that it cleans, or wherever there is
// room. A run that died is found here and finished by the same command; one that ended is never carried out twice.
import { z } from 'zod';
import type { RunLogEntry, RunOutcome, RunRecord } from '../model/cleanup-run.js';
import { baseName, child, formatLocation, type Location } from '../model/location.js';
import { JOURNAL_NAME } from '../model/own-places.js';
import type { Plan } from '../model/plan.js';
import type { FileStatus, StorageReader, StorageWriter } from '../storage/storage.js';
import { CkptError, RefusalError, StorageError } from '../support/errors.js';
import { textWithRows } from '../support/json-rows.js';
import { piecesAt, putText, textAt } from './own-files.js';
import { planFrom, readWithDeletions, wrapPlan } from './plan-document.js';

const RECORD_NAME = 'run.json';
/** They are a field of the plan, and that of the record. */
const DELETIONS_DEPTH = 2;

const leftovers = z.array(z.strictObject({ path: z.string(), reason: z.string() }));

const recordDocument = z.object({
  runId: z.string(),
  startedAt: z.iso.datetime(),
  mode: z.enum(['remove', 'quarantine']),
  plan: z.unknown(),
  skipped: leftovers,
  references: z.array(z.strictObject({ snapshot: z.string(), files: z.array(z.string()) })),
});

const count = z.int().min(0);

const outcomeDocument = z.object({
  runId: z.string(),
  planId: z.string(),
  deleted: count,
  quarantined: count,
  uploads: count.default(0),
  skipped: leftovers,
  failed: leftovers,
  bytesFreed: count,
  verified: count,
});

/** The name of the run that carries `plan` out: always the same, so that it can be found again. */
export function runIdOf({ createdAt, planId }: Plan): string {
  return `${createdAt.replaceAll(/[-:]|\.\d+/g, '')}-${planId.slice(0, 8)}`;
}

/** Where runs below `root` keep their journals, unless they are told to keep them elsewhere. */
export function journalsOf(root: Location): Location {
  return child(root, JOURNAL_NAME);
}

/** What was begun in `journals` and has not ended, the oldest first. */
export async function unfinishedRuns(
  journals: Location,
  storage: StorageWriter,
): Promise<readonly RunRecord[]> {
  const records: RunRecord[] = [];
  for (const { path } of await entriesOf(journals, storage)) {
    const journal = new Journal(journals, baseName({ ...journals, path }), storage);
    const record = (await journal.outcome()) === null ? await journal.record() : null;
    if (record !== null) records.push(record);
  }
  return records.sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
}

async function entriesOf(journals: Location, storage: StorageReader): Promise<readonly FileStatus[]> {
  try {
    return await storage.listDirectory(journals);
  } catch (thrown) {
    if (thrown instanceof StorageError && thrown.kind === 'not-found') return [];
    throw thrown;
  }
}

export class Journal {
  readonly directory: Location;
  readonly #storage: StorageWriter;

  /** That of the run `runId` among those in `journals`. */
  constructor(journals: Location, runId: string, storage: StorageWriter) {
    this.directory = child(journals, runId);
    this.#storage = storage;
  }

  /** Durable when the promise resolves. */
  async begin(record: RunRecord): Promise<void> {
    await this.#storage.makeDirectory(this.directory);
    const { plan, ...rest } = record;
    const { deletions, ...head } = plan;
    const document = { ...rest, plan: { ...wrapPlan(head), deletions: [] } };
    await putText(child(this.directory, RECORD_NAME), () => textWithRows(document, deletions), this.#storage);
  }

  /** What the run wrote down; null where it has not begun. */
  async record(): Promise<RunRecord | null> {
    const at = child(this.directory, RECORD_NAME);
    try {
      const { document, deletions } = await readWithDeletions(piecesAt(at, this.#storage), DELETIONS_DEPTH);
      const record = recordDocument.parse(document);
      return {
        ...record,
        plan: planFrom({ document: record.plan, deletions }, formatLocation(this.directory)),
      };
    } catch (thrown) {
      if (thrown instanceof StorageError && thrown.kind === 'not-found') return null;
      throw thrown instanceof CkptError ? thrown : notUnderstood(at, thrown);
    }
  }

  /** Keeps for later what one process did of the run, beside all others that worked on it. */
  async log(entry: RunLogEntry): Promise<void> {
    const name = `log-${entry.beganAt.replaceAll(/[-:]/g, '')}-${entry.processId}.json`;
    await this.#write(name, entry);
  }

  /** Beside the trash of a run whose journal is elsewhere: that it was brought back, or is being. */
  async noteUndone(): Promise<void> {
    await this.#storage.makeDirectory(this.directory);
    await this.#write('undone.json', {});
  }

  /** Whether anything is written of the run. */
  async isKnown(): Promise<boolean> {
    return (await entriesOf(this.directory, this.#storage)).length > 0;
  }

  async end(outcome: RunOutcome): Promise<void> {
    await this.#write('outcome.json', outcome);
  }

  /** What came of the run; null where it has not ended. */
  outcome(): Promise<RunOutcome | null> {
    return this.#read('outcome.json', outcomeDocument);
  }

  #write(name: string, document: object): Promise<void> {
    return this.#storage.put(child(this.directory, name), Buffer.from(`${JSON.stringify(document)}\n`));
  }

  async #read<T>(name: string, schema: z.ZodType<T>): Promise<T | null> {
    const at = child(this.directory, name);
    const text = await textAt(at, this.#storage);
    if (text === null) return null;
    try {
      return schema.parse(JSON.parse(text));
    } catch (cause) {
      throw notUnderstood(at, cause);
    }
  }
}

function notUnderstood(at: Location, cause: unknown): RefusalError {
  return new RefusalError('journal-unreadable', 'the journal of a run cannot be understood', {
    where: formatLocation(at),
    next: 'look at it; where no run is under way, take it away by hand and make a new plan',
    cause,
  });
}
