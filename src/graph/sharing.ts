// Which files checkpoints of one job have in common: incremental checkpoints go on using tables that older ones
// uploaded. Pure; knows reference tables, and nothing of what is in the files.
import { formatLocation } from '../model/location.js';
import type { SharedFile } from '../model/measured-capacity.js';
import type { ReferenceTable } from '../model/reference-table.js';
import { NOT_FOUND } from '../support/fingerprint-table.js';

/** More are a plot that nobody reads. */
const MOST_FILES = 40;

export interface Sharing {
  /** `cohorts[i][j]`: bytes of files that are first met in table i, and are in table j. */
  readonly cohorts: readonly (readonly number[])[];
  /** The largest, by the table in which they are first met, then by size. */
  readonly files: readonly SharedFile[];
  readonly fileCount: number;
}

/** What `tables` share, in their order: oldest first. */
export function sharingOf(tables: readonly ReferenceTable[]): Sharing {
  const cohorts = tables.map(() => tables.map(() => 0));
  const largest = new LargestFiles();
  let fileCount = 0;
  for (const [at, table] of tables.entries()) {
    for (let row = 0; row < table.count; row++) {
      const first = tables.findIndex((other) => other === table || other.find(table, row) !== NOT_FOUND);
      const sizeBytes = Math.max(0, Number(table.sizeBytes(row)));
      cohorts[first]![at]! += sizeBytes;
      if (first !== at) continue;
      fileCount++;
      largest.add({ first, table, row, sizeBytes });
    }
  }
  return { cohorts, files: largest.told().map((met) => sharedFile(met, tables)), fileCount };
}

/** A file where it is first met. */
interface Met {
  readonly first: number;
  readonly table: ReferenceTable;
  readonly row: number;
  readonly sizeBytes: number;
}

/** Holds a few times as many as are wanted, whatever it is told. */
class LargestFiles {
  #kept: Met[] = [];

  add(met: Met): void {
    this.#kept.push(met);
    if (this.#kept.length > 4 * MOST_FILES) this.#drop();
  }

  told(): readonly Met[] {
    this.#drop();
    return this.#kept.sort((a, b) => a.first - b.first || b.sizeBytes - a.sizeBytes);
  }

  #drop(): void {
    this.#kept = this.#kept.sort((a, b) => b.sizeBytes - a.sizeBytes).slice(0, MOST_FILES);
  }
}

function sharedFile({ first, table, row, sizeBytes }: Met, tables: readonly ReferenceTable[]): SharedFile {
  return {
    path: formatLocation(table.location(row)),
    sizeBytes,
    presentIn: tables.map(
      (other, at) => at >= first && (other === table || other.find(table, row) !== NOT_FOUND),
    ),
  };
}
