// Names of the files that a file sink makes, and which of them a recovery takes away.
//
//   .part-<owner>-<subtask>-<attempt>-<n>.inprogress   not yet part of the output
//    part-<owner>-<subtask>-<attempt>-<n>              committed
//
// The owner is drawn when a job first starts and handed on by its checkpoints to every run that is restored from them:
// it tells the files of one job's life from those of others in the same directory. The attempt is drawn anew by every
// writer, so that no two ever use one name.

/** What the name of a hidden file says. */
export interface HiddenPart {
  readonly name: string;
  readonly owner: string;
  readonly subtaskIndex: number;
  /** Name of the file once it is committed. */
  readonly committedName: string;
}

const HIDDEN = /^\.(part-([0-9a-f]{8})-(\d+)-[0-9a-f]{8}-\d+)\.inprogress$/;

/** The hidden name of part `n`. */
export function hiddenName(owner: string, subtaskIndex: number, attempt: string, n: number): string {
  return `.part-${owner}-${subtaskIndex}-${attempt}-${n}.inprogress`;
}

/** Reads a hidden name; null where it is none of a file sink. */
export function parseHiddenName(name: string): HiddenPart | null {
  const match = HIDDEN.exec(name);
  return match && { name, owner: match[2]!, subtaskIndex: Number(match[3]), committedName: match[1]! };
}
