// Handles as a scan tells of them: their texts were checked, and are decoded when somebody asks, since of millions of
// paths few are looked at. They keep the bytes of the `_metadata` alive.
import type {
  FileHandle,
  HandleAndLocalPath,
  RelativeFileHandle,
  SegmentHandle,
  StreamStateHandle,
} from '../../model/metadata.js';

/** Tells the text whose length stands at `at`. */
interface Texts {
  textAt(at: number): string;
}

export class ScannedFile implements FileHandle {
  readonly kind = 'file';
  readonly sizeBytes: bigint;
  readonly #texts: Texts;
  readonly #pathAt: number;

  constructor(texts: Texts, pathAt: number, sizeBytes: bigint) {
    this.#texts = texts;
    this.#pathAt = pathAt;
    this.sizeBytes = sizeBytes;
  }

  get path(): string {
    return this.#texts.textAt(this.#pathAt);
  }
}

export class ScannedRelativeFile implements RelativeFileHandle {
  readonly kind = 'relative-file';
  readonly sizeBytes: bigint;
  readonly #texts: Texts;
  readonly #pathAt: number;

  constructor(texts: Texts, pathAt: number, sizeBytes: bigint) {
    this.#texts = texts;
    this.#pathAt = pathAt;
    this.sizeBytes = sizeBytes;
  }

  get relativePath(): string {
    return this.#texts.textAt(this.#pathAt);
  }
}

type SegmentFields = Omit<SegmentHandle, 'kind' | 'path' | 'logicalFileId'>;

export class ScannedSegment implements SegmentHandle {
  readonly kind = 'segment';
  readonly startPos: bigint;
  readonly sizeBytes: bigint;
  readonly scope: SegmentHandle['scope'];
  readonly #texts: Texts;
  readonly #at: { readonly path: number; readonly logicalFileId: number };

  constructor(
    texts: Texts,
    at: { readonly path: number; readonly logicalFileId: number },
    fields: SegmentFields,
  ) {
    this.#texts = texts;
    this.#at = at;
    this.startPos = fields.startPos;
    this.sizeBytes = fields.sizeBytes;
    this.scope = fields.scope;
  }

  get path(): string {
    return this.#texts.textAt(this.#at.path);
  }

  get logicalFileId(): string {
    return this.#texts.textAt(this.#at.logicalFileId);
  }
}

export class ScannedLocalPath implements HandleAndLocalPath {
  readonly stream: StreamStateHandle;
  readonly #texts: Texts;
  readonly #localPathAt: number;

  constructor(texts: Texts, localPathAt: number, stream: StreamStateHandle) {
    this.#texts = texts;
    this.#localPathAt = localPathAt;
    this.stream = stream;
  }

  get localPath(): string {
    return this.#texts.textAt(this.#localPathAt);
  }
}
