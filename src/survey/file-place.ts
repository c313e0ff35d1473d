// What a file is by its path alone. Only names that Flink gives are known; whatever else lies in a checkpoint directory
// is foreign and nobody's to delete. Sources: Flink AbstractFsCheckpointStorageAccess, FileMergingSnapshotManager,
// FsStateChangelogStorage, ForStStateBackend.

import type { FileRole } from '../model/file-class.js';
import { baseName, canonicalKey, type Location, parent } from '../model/location.js';
import { isLockName, JOURNAL_NAME, TRASH_NAME } from '../model/own-places.js';
import { isSnapshotDirectory, jobOf, METADATA_NAME } from './layout.js';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const DATA_FILE = new RegExp(`^${UUID}$`);
const METADATA_IN_PROGRESS = new RegExp(`^\\._metadata\\.inprogress\\.${UUID}$`);
const MERGED_SHARED = /^job_[0-9a-f-]{32,36}_op_.+_\d+_\d+$/;
const MERGED_TASK_OWNED = /^job_[0-9a-f-]{32,36}_tm_.+$/;
const FORST = /^op_.+_attempt_\d+$/;
/** Local recovery keeps its copies below a directory of this name; they are the TaskManager's own. */
const LOCAL_STATE = 'localState';

/** What all files directly in one directory have in common. */
export interface DirectoryPlace {
  /** The role of a file with a name of Flink's. */
  readonly role: FileRole;
  readonly jobId: string | null;
  readonly snapshotDirectory: Location | null;
  /** Equal for all directories of one job: its id, else the directory that its `chk-N`, `shared`, … lie in. */
  readonly owner: string;
}

/** What a directory is to the files directly in it. */
export function directoryPlaceOf(directory: Location): DirectoryPlace {
  const role = roleIn(directory.path.split('/'));
  const isSnapshot = isSnapshotDirectory(baseName(directory)) && role !== 'trash';
  const jobId = jobOf(directory);
  const owner = jobId ?? canonicalKey(ownerOf(directory, role));
  return { role, jobId, snapshotDirectory: isSnapshot ? directory : null, owner };
}

/** What the file called `name` in such a directory is. */
export function roleOf(name: string, { role, snapshotDirectory }: DirectoryPlace): FileRole {
  if (role === 'trash' || isLockName(name)) return 'trash';
  if (name === METADATA_NAME) return 'metadata';
  if (snapshotDirectory !== null && METADATA_IN_PROGRESS.test(name)) return 'metadata-in-progress';
  return DATA_FILE.test(name) ? role : 'foreign';
}

/** The role of data files in the directory with these names on its path, the last one its own. */
function roleIn(names: readonly string[]): FileRole {
  if (names.includes(TRASH_NAME) || names.includes(JOURNAL_NAME)) return 'trash';
  if (names.includes(LOCAL_STATE)) return 'foreign';
  const name = names.at(-1) ?? '';
  const above = names.at(-2) ?? '';
  if (isSnapshotDirectory(name)) return name.startsWith('chk-') ? 'exclusive' : 'savepoint';
  if (name === 'shared') return 'shared';
  if (name === 'taskowned') return 'task-owned';
  if (name === 'dstl') return 'changelog';
  if (above === 'shared' && MERGED_SHARED.test(name)) return 'merged';
  if (above === 'taskowned' && MERGED_TASK_OWNED.test(name)) return 'merged';
  return isForStDirectory(names) ? 'forst' : 'foreign';
}

/** The directory of the job, where no directory is called by its id; a savepoint stands for itself. */
function ownerOf(directory: Location, role: FileRole): Location {
  switch (role) {
    case 'exclusive':
    case 'shared':
    case 'task-owned':
    case 'changelog':
      return parent(directory);
    case 'merged':
      return parent(parent(directory));
    case 'forst':
      return baseName(parent(parent(directory))) === 'shared'
        ? parent(parent(parent(directory)))
        : parent(parent(directory));
    default:
      return directory;
  }
}

/** `…/shared/op_…_attempt_…/db` below a checkpoint directory, the same without `shared` in a directory of its own. */
function isForStDirectory(names: readonly string[]): boolean {
  return names.at(-1) === 'db' && FORST.test(names.at(-2) ?? '');
}
