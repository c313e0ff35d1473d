// What a copy of a snapshot is, or would be.
import type { FormatVersion } from './metadata.js';

export interface CopyReport {
  /** The snapshot that was copied: its directory, or its metadata file where that has another name. */
  readonly source: string;
  /** The directory of the copy. */
  readonly path: string;
  readonly checkpointId: bigint;
  /** Of the snapshot, and of the copy. */
  readonly sourceFormatVersion: FormatVersion;
  readonly formatVersion: FormatVersion;
  /** All files of the copy with their bytes, its `_metadata` too. */
  readonly files: number;
  readonly bytes: number;
  /** Those of them that this run wrote, or would write. */
  readonly filesCopied: number;
  readonly bytesCopied: number;
  /** It may be moved with any tool, since it names no file by an absolute path. */
  readonly movable: boolean;
  /** Nothing was written. */
  readonly isDryRun: boolean;
  /** The copy was looked at when it was complete, and would restore. */
  readonly verified: boolean;
}
