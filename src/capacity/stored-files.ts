// Files added up by what their bytes are for, and by their sizes.
import type { FileClass, FileRole } from '../model/file-class.js';
import type { SurveyedFile } from '../model/file-survey.js';
import { PORTIONS, type Portion, type SizeRange, type StoredFiles } from '../model/measured-capacity.js';
import { assertNever } from '../support/errors.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const BOUNDS_BYTES = [4 * KIB, 64 * KIB, MIB, 16 * MIB, 128 * MIB, 1024 * MIB, null] as const;

type TalliedFile = Pick<SurveyedFile, 'sizeBytes' | 'role' | 'liveBytes'>;

/** Is told of files one by one. */
export class StoredTally {
  readonly #portions = Object.fromEntries(PORTIONS.map((name) => [name, 0])) as Record<Portion, number>;
  readonly #total = { files: 0, bytes: 0 };
  readonly #sizes = BOUNDS_BYTES.map((belowBytes) => ({ belowBytes, files: 0, bytes: 0 }));

  add(file: TalliedFile, fileClass: FileClass): void {
    const { sizeBytes } = file;
    const amplified = fileClass === 'referenced' ? deadBytes(file) : 0;
    this.#portions[portionOf(fileClass, file.role)] += sizeBytes - amplified;
    this.#portions.amplified += amplified;
    const range = this.#sizes.find(({ belowBytes }) => belowBytes === null || sizeBytes < belowBytes)!;
    for (const count of [this.#total, range]) {
      count.files++;
      count.bytes += sizeBytes;
    }
  }

  /** What was added; `inlineBytes` of the metadata are state. */
  told(inlineBytes: number): StoredFiles {
    const inline = Math.min(inlineBytes, this.#portions.metadata);
    const portions = { ...this.#portions, inline, metadata: this.#portions.metadata - inline };
    return { portions, total: { ...this.#total }, sizes: this.#sizes.map((range) => ({ ...range })) };
  }
}

/** Several counts as one. */
export function sumOfStored(parts: readonly StoredFiles[]): StoredFiles {
  const sum = (of: (stored: StoredFiles) => number) => parts.reduce((total, part) => total + of(part), 0);
  return {
    portions: Object.fromEntries(
      PORTIONS.map((name) => [name, sum(({ portions }) => portions[name])]),
    ) as Record<Portion, number>,
    total: { files: sum(({ total }) => total.files), bytes: sum(({ total }) => total.bytes) },
    sizes: BOUNDS_BYTES.map(
      (belowBytes, index): SizeRange => ({
        belowBytes,
        files: sum(({ sizes }) => sizes[index]!.files),
        bytes: sum(({ sizes }) => sizes[index]!.bytes),
      }),
    ),
  };
}

const UNNEEDED: readonly Portion[] = ['orphaned', 'trash', 'foreign'];

/** Bytes that snapshots need, or that lie in files which they need. */
export function neededBytes({ total, portions }: StoredFiles): number {
  return UNNEEDED.reduce((left, name) => left - portions[name], total.bytes);
}

function deadBytes({ sizeBytes, liveBytes }: TalliedFile): number {
  return liveBytes === null ? 0 : Math.max(0, sizeBytes - liveBytes);
}

function portionOf(fileClass: FileClass, role: FileRole): Portion {
  switch (fileClass) {
    case 'referenced':
      return neededPortion(role);
    case 'orphan':
    case 'incomplete':
      return 'orphaned';
    case 'metadata':
    case 'trash':
    case 'foreign':
      return fileClass;
    default:
      return assertNever(fileClass, 'class of a file');
  }
}

function neededPortion(role: FileRole): Portion {
  switch (role) {
    case 'exclusive':
    case 'shared':
    case 'merged':
    case 'task-owned':
    case 'changelog':
    case 'savepoint':
      return role;
    case 'metadata':
    case 'metadata-in-progress':
    case 'forst':
    case 'trash':
    case 'foreign':
      return 'elsewhere';
    default:
      return assertNever(role, 'role of a file');
  }
}
