// The answer of `ckpt why`: who needs a file, or why nobody does and whether it may go. Fields marked JSON are public.
import type { AuditedFile } from './audit.js';
import type { Liveness } from './evidence.js';
import type { ReferenceScope } from './references.js';
import type { ReportedError } from './snapshot.js';
import type { StateSlot, StreamRole } from './streams.js';

/** `missing`: a snapshot needs it and it is not there. `directory`: what snapshots need of what lies in it. */
export type AnsweredClass = AuditedFile['class'] | 'missing' | 'directory';

/** One subtask of one snapshot that needs the file. All fields are JSON. */
export interface PinningReference {
  /** Absolute URI of the snapshot's directory. */
  readonly snapshot: string;
  /** Operator id; its name and uid where the `_metadata` has them. */
  readonly operator: string;
  readonly operatorName: string | null;
  readonly uid: string | null;
  /** Null for the state of the operator's coordinator. */
  readonly subtask: number | null;
  readonly scope: ReferenceScope;
  readonly slot: StateSlot;
  readonly role: StreamRole;
  readonly handles: number;
}

export interface WhyReport {
  /** JSON. */
  readonly path: string;
  /** JSON. */
  readonly class: AnsweredClass;
  /** JSON; sorted by snapshot, operator, subtask. */
  readonly references: readonly PinningReference[];
  /** The file as an audit has it, JSON field by field; null where it is none of the listed files. */
  readonly file: AuditedFile | null;
  /** JSON; snapshots that keep a directory alive in which it lies. */
  readonly keptDirectories: readonly { readonly snapshot: string; readonly directory: string }[];
  /** JSON; the job in whose directory it lies, and what is known of it. */
  readonly job: string | null;
  readonly liveness: Liveness;
  /** How many snapshots were read for the answer. */
  readonly snapshotsRead: number;
  /** JSON. */
  readonly problems: readonly ReportedError[];
}
