// Trees of checkpoints in memory with chosen ages, audited with chosen evidence, beside what a naive cleaner would do.
import {
  type Evidence,
  type Liveness,
  NO_EVIDENCE,
  type RunningCheckpoints,
} from '../../src/model/evidence.js';
import { child, formatLocation, parent, parseLocation } from '../../src/model/location.js';
import { DEFAULT_POLICY, type SafetyPolicy } from '../../src/model/safety-policy.js';
import { MemoryStorage } from '../../src/storage/memory.js';
import type { StorageReader } from '../../src/storage/storage.js';
import { ManualClock } from '../../src/support/clock.js';
import { auditFiles } from '../../src/usecases/audit-files.js';
import { type DocumentParts, metadataBytes } from '../survey/documents.js';

export const DAY_MS = 86_400_000;
export const NOW_MS = Date.parse('2026-03-01T12:00:00Z');
export const JOB_A = 'a'.repeat(32);
export const JOB_B = 'b'.repeat(32);
export const ROOT = parseLocation('memory://m/flink', '/');
export const uri = (path: string) => formatLocation(child(ROOT, path));

/** A name as Flink gives to data files. */
export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

export interface AuditChoices {
  readonly evidence?: Partial<Evidence>;
  readonly policy?: Partial<SafetyPolicy>;
  /** What the store's clock says. */
  readonly nowMs?: number;
  readonly locations?: readonly string[];
  /** What the audit sees in place of the tree. */
  readonly through?: (storage: MemoryStorage) => StorageReader;
}

export class Tree {
  readonly #clock = new ManualClock(0);
  readonly storage: MemoryStorage;

  constructor(directories = true) {
    this.storage = new MemoryStorage({ clock: this.#clock, directories, pageEntries: 3 });
  }

  /** Writes `bytes` zeros; `daysOld` may be negative for the future. */
  async file(path: string, daysOld: number, bytes = 10): Promise<void> {
    await this.put(path, daysOld, new Uint8Array(bytes));
  }

  async snapshot(directory: string, daysOld: number, parts: DocumentParts): Promise<void> {
    await this.put(`${directory}/_metadata`, daysOld, metadataBytes(parts));
  }

  async put(path: string, daysOld: number, content: Uint8Array): Promise<void> {
    this.#clock.advance(NOW_MS - daysOld * DAY_MS - this.#clock.now());
    const location = child(ROOT, path);
    await this.storage.makeDirectory(parent(location));
    await this.storage.put(location, content);
  }

  /** Lets the store's clock say {@link NOW_MS}. */
  toNow(): void {
    this.#clock.advance(NOW_MS - this.#clock.now());
  }

  /** Every file below the root by its path there, and the report. */
  async audit({ evidence, policy, nowMs = NOW_MS, locations = ['.'], through }: AuditChoices = {}) {
    this.#clock.advance(nowMs - this.#clock.now());
    const reader = through?.(this.storage) ?? this.storage;
    const audit = await auditFiles(
      locations.map((path) => child(ROOT, path)),
      {
        openReader: async () => reader,
        gatherEvidence: async () => ({ ...NO_EVIDENCE, ...evidence }),
        policy: { ...DEFAULT_POLICY, ...policy },
      },
    );
    const inTree = (path: string) => path.slice(formatLocation(ROOT).length + 1);
    const files = new Map([...audit.files()].map((file) => [inTree(file.path), file]));
    const missing = [...audit.missingFiles()].map(({ path }) => path);
    audit.close();
    return { report: audit.report, files, missing, snapshots: audit.snapshots };
  }

  /**
   * What a cleaner would delete that goes by age and by the `_metadata` below `scope` alone, swallowing those that it
   * cannot read: files below `scope` that none of them references, older than seven days.
   */
  async naive(scope = '.'): Promise<readonly string[]> {
    const { files } = await this.audit({ locations: [scope] });
    return [...files]
      .filter(([, { class: found }]) => found !== 'metadata' && found !== 'referenced')
      .filter(([, { modified }]) => Date.parse(modified ?? '') < NOW_MS - 7 * DAY_MS)
      .map(([path]) => path);
  }
}

export function running(id: string, checkpoints: Partial<RunningCheckpoints> | null = {}): Partial<Evidence> {
  return jobs([
    id,
    { kind: 'running', source: 'http://cluster', status: 'RUNNING', checkpoints: told(checkpoints) },
  ]);
}

export function ended(...ids: string[]): Partial<Evidence> {
  return jobs(
    ...ids.map((id): [string, Liveness] => [
      id,
      { kind: 'ended', source: '--job-stopped', endedMs: null, checkpointTimeoutMs: null },
    ]),
  );
}

export function jobs(...rows: readonly (readonly [string, Liveness])[]): Partial<Evidence> {
  return { jobs: rows.map(([id, liveness]) => ({ id, name: null, liveness })) };
}

function told(checkpoints: Partial<RunningCheckpoints> | null): RunningCheckpoints | null {
  return (
    checkpoints && {
      lowestRetainedId: null,
      latestCompletedId: null,
      latestCompletedTriggerMs: null,
      oldestInProgressId: null,
      oldestInProgressTriggerMs: null,
      restoredId: null,
      hasCompletedOwn: true,
      timeoutMs: null,
      ...checkpoints,
    }
  );
}
