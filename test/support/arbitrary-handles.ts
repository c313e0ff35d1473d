// Generated handles for `_metadata` documents: every kind in every place where it may stand, with strings, numbers and
// sizes as odd as the format allows.
import fc from 'fast-check';
import type {
  ChangelogFilesHandle,
  ChangelogMemoryHandle,
  ChannelDirection,
  ChannelStateHandle,
  KeyedStateHandle,
  OperatorStateHandle,
  StreamStateHandle,
  WritableVersion,
} from '../../src/model/metadata.js';

/** What the texts of generated documents are made of. */
export interface TextChoice {
  /** Any string, empty too: names of states, handles, ids. */
  readonly text: fc.Arbitrary<string>;
  /** Any string but of spaces alone. */
  readonly path: fc.Arbitrary<string>;
}

/** Every UTF-16 code unit, U+0000 and halves of surrogate pairs among them. */
const anyUnit = fc.oneof(
  fc.integer({ min: 0x20, max: 0x7e }),
  fc.constantFrom(0, 0x7f, 0x80, 0x7ff, 0x800, 0xd83d, 0xde00, 0xdfff, 0xffff),
  fc.integer({ min: 0, max: 0xffff }),
);
const anyText = fc.array(anyUnit, { maxLength: 12 }).map((units) => String.fromCharCode(...units));

export const ODD_TEXTS: TextChoice = { text: anyText, path: anyText.map((text) => `/${text}`) };

export const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
export const natural = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
export const fileSize = fc.bigInt({ min: -1n, max: 2n ** 63n - 1n });
export const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
export const bytes = fc.uint8Array({ maxLength: 8 }).map((array) => Buffer.from(array));
export const longs = fc.array(long, { maxLength: 3 });
export const some = { maxLength: 3 };

/** The handles that version `version` can carry. */
export class ArbitraryHandles {
  readonly #version: WritableVersion;
  readonly #texts: TextChoice;
  readonly #stream: fc.Arbitrary<StreamStateHandle>;

  constructor(version: WritableVersion, texts: TextChoice) {
    this.#version = version;
    this.#texts = texts;
    this.#stream = this.#streamAt(2);
  }

  bytesHandle() {
    return fc.record({ kind: fc.constant('bytes' as const), handleName: this.#texts.text, data: bytes });
  }

  #segment() {
    return fc.oneof(
      fc.record({
        kind: fc.constant('segment' as const),
        path: this.#texts.path,
        startPos: long,
        sizeBytes: long,
        scope: fc.constantFrom('EXCLUSIVE' as const, 'SHARED' as const),
        logicalFileId: this.#texts.text,
      }),
      fc.constant({ kind: 'segment-empty' as const }),
    );
  }

  #streamAt(depth: number): fc.Arbitrary<StreamStateHandle> {
    const leaf: fc.Arbitrary<StreamStateHandle> = fc.oneof(
      this.bytesHandle(),
      fc.record({ kind: fc.constant('file' as const), path: this.#texts.path, sizeBytes: fileSize }),
      fc
        .record({
          kind: fc.constant('relative-file' as const),
          relativePath: this.#texts.path.map((path) => path.slice(1) || 'file'),
          sizeBytes: fileSize,
        })
        .filter(({ relativePath }) => relativePath.trim() !== ''),
      this.#segment(),
    );
    if (depth === 0) return leaf;
    const keyGroups = fc
      .tuple(keyGroupOffsets(), this.#streamAt(depth - 1))
      .map(([offsets, stream]) => ({ kind: 'key-groups-stream' as const, ...offsets, stream }));
    return fc.oneof({ weight: 9, arbitrary: leaf }, { weight: 1, arbitrary: keyGroups });
  }

  keyed(depth: number): fc.Arbitrary<KeyedStateHandle> {
    const handles = [this.#keyGroups(), this.#incremental(), this.#changes(), this.#changeFiles()];
    return depth === 0 ? fc.oneof(...handles) : fc.oneof(...handles, this.#changelog(depth));
  }

  #keyGroups(): fc.Arbitrary<KeyedStateHandle> {
    return fc
      .record({
        offsets: keyGroupOffsets(),
        stream: this.#stream,
        id: fc.option(this.#texts.text),
        savepoint: fc.boolean(),
      })
      .map(({ offsets, stream, id, savepoint }) =>
        savepoint
          ? { kind: 'savepoint-key-groups', ...offsets, stream, stateHandleId: null }
          : { kind: 'key-groups', ...offsets, stream, stateHandleId: id },
      );
  }

  #incremental(): fc.Arbitrary<KeyedStateHandle> {
    const files = fc.array(fc.record({ localPath: this.#texts.text, stream: this.#stream }), some);
    const common = {
      kind: fc.constant('incremental' as const),
      checkpointId: long,
      backendId: this.#texts.text,
      keyGroups: keyGroups(0),
      metaStream: this.#stream,
      shared: files,
      private: files,
    };
    return fc.oneof(
      fc.record({ ...common, checkpointedSizeBytes: long, stateHandleId: this.#texts.text }),
      fc.record({ ...common, checkpointedSizeBytes: fc.constant(null), stateHandleId: fc.constant(null) }),
    );
  }

  #changelog(depth: number): fc.Arbitrary<KeyedStateHandle> {
    return fc.record({
      kind: fc.constant('changelog' as const),
      keyGroups: keyGroups(1),
      checkpointedSizeBytes: long,
      materialized: fc.array(fc.option(this.keyed(depth - 1), { freq: 9 }), some),
      nonMaterialized: fc.array(fc.oneof(this.#changes(), this.#changeFiles()), some),
      materializationId: long,
      checkpointId: fc.option(long, { nil: null }),
      stateHandleId: this.#texts.text,
    });
  }

  #changes(): fc.Arbitrary<ChangelogMemoryHandle> {
    const change = fc.record({ keyGroup: fc.integer({ min: -1, max: 2 ** 31 - 1 }), change: bytes });
    return fc.record({
      kind: fc.constant('changelog-memory' as const),
      keyGroups: keyGroups(0),
      from: natural,
      to: natural,
      changes: fc.array(change, some),
      stateHandleId: this.#texts.text,
    });
  }

  #changeFiles(): fc.Arbitrary<ChangelogFilesHandle> {
    return fc.record({
      kind: fc.constant('changelog-files' as const),
      keyGroups: keyGroups(0),
      parts: fc.array(fc.record({ offset: long, stream: this.#stream }), some),
      sizeBytes: long,
      incrementalSizeBytes: long,
      stateHandleId: this.#texts.text,
      storageId: fc.option(this.#texts.text),
    });
  }

  operatorHandle(): fc.Arbitrary<OperatorStateHandle> {
    const mode = fc.constantFrom('SPLIT_DISTRIBUTE' as const, 'UNION' as const, 'BROADCAST' as const);
    const state = fc.record({ name: this.#texts.text, mode, offsets: longs });
    const common = {
      kind: fc.constant('operator' as const),
      states: fc.uniqueArray(state, { selector: ({ name }) => name, maxLength: 3 }),
    };
    const merging = fc.record({
      taskOwnedDir: this.#texts.path,
      sharedDir: this.#texts.path,
      isEmpty: fc.boolean(),
    });
    return fc.oneof(
      fc.record({ ...common, stream: this.#stream, merging: fc.constant(null) }),
      fc.record({ ...common, stream: this.#segment(), merging }),
    );
  }

  channel(direction: ChannelDirection): fc.Arbitrary<ChannelStateHandle> {
    const channel = fc.record({ group: int, index: int });
    const common = {
      direction: fc.constant(direction),
      subtaskIndex: int,
      sizeBytes: long,
      stream: this.#stream,
    };
    const single = fc.record({ ...common, kind: fc.constant('channel' as const), channel, offsets: longs });
    if (this.#version < 6) return single;
    const part = fc.record({ channel, sizeBytes: long, offsets: longs });
    const merged = fc.record({
      ...common,
      kind: fc.constant('merged-channels' as const),
      channels: fc.array(part, some),
    });
    return fc.oneof(single, merged);
  }
}

function keyGroups(minimumCount: number) {
  return fc
    .tuple(fc.integer({ min: 0, max: 32767 }), fc.integer({ min: minimumCount, max: 4 }))
    .map(([first, count]) => ({ first, last: first + count - 1 }));
}

function keyGroupOffsets() {
  return keyGroups(0).chain((range) => {
    const count = range.last - range.first + 1;
    return fc.record({
      keyGroups: fc.constant(range),
      offsets: fc.array(long, { minLength: count, maxLength: count }),
    });
  });
}
