// What a plan needs to know of snapshots, noted while a survey passes by.
import type { AuditedSnapshot } from '../model/file-survey.js';
import { canonicalKey, type Location } from '../model/location.js';
import type { ReferenceTable } from '../model/reference-table.js';
import { METADATA_NAME } from '../model/snapshot.js';
import type { ReadSnapshot } from '../model/survey.js';
import type { FileStatus } from '../storage/storage.js';

/** What a survey tells on the way and does not keep. */
export class SeenSnapshots {
  readonly #mayExpire: boolean;
  readonly #references = new Map<string, ReferenceTable>();
  readonly #etags = new Map<string, string>();

  /** Where no snapshot may expire, nobody asks what they reference. */
  constructor(mayExpire: boolean) {
    this.#mayExpire = mayExpire;
  }

  noteSnapshot({ metadata, contents }: ReadSnapshot): void {
    if (this.#mayExpire) this.#references.set(canonicalKey(metadata.location), contents.references.files);
  }

  noteListed(root: Location, entries: readonly FileStatus[]): void {
    for (const { path, etag } of entries)
      if (etag !== null && path.endsWith(`/${METADATA_NAME}`))
        this.#etags.set(canonicalKey({ ...root, path }), etag);
  }

  /** Null for a snapshot that was not read. */
  referencesOf({ metadata }: AuditedSnapshot): ReferenceTable | null {
    return (metadata && this.#references.get(canonicalKey(metadata.location))) ?? null;
  }

  readonly etagOf = (metadata: Location): string | undefined => this.#etags.get(canonicalKey(metadata));
}
