// Generated `_metadata` documents.
import fc from 'fast-check';
import type { Metadata, OperatorState, SubtaskState, WritableVersion } from '../../src/model/metadata.js';
import {
  ArbitraryHandles,
  bytes,
  int,
  natural,
  ODD_TEXTS,
  some,
  type TextChoice,
} from './arbitrary-handles.js';

const MAX_PARALLELISM = 5;

/** Documents that version `version` can carry. */
export function arbitraryMetadata(
  version: WritableVersion,
  texts: TextChoice = ODD_TEXTS,
): fc.Arbitrary<Metadata> {
  return fc.record({
    formatVersion: fc.constant(version),
    dialect: fc.constant('current' as const),
    checkpointId: natural,
    masterStates: fc.array(fc.record({ name: texts.text, version: int, payload: bytes }), { maxLength: 2 }),
    operators: fc.array(arbitraryOperator(version, texts), some),
    properties: version >= 4 ? fc.option(arbitraryProperties(texts.text)) : fc.constant(null),
  });
}

function arbitraryProperties(name: fc.Arbitrary<string>) {
  const snapshotType = fc.oneof(
    fc.record({
      kind: fc.constant('checkpoint' as const),
      name,
      sharing: fc.constantFrom('FORWARD_BACKWARD' as const, 'FORWARD' as const, 'NO_SHARING' as const),
    }),
    fc.record({
      kind: fc.constant('savepoint' as const),
      name,
      format: fc.constantFrom('CANONICAL' as const, 'NATIVE' as const),
      postCheckpointAction: fc.constantFrom('NONE' as const, 'SUSPEND' as const, 'TERMINATE' as const),
    }),
  );
  const flag = fc.boolean();
  return fc.record({
    snapshotType,
    forced: flag,
    unclaimed: flag,
    discardSubsumed: flag,
    discardFinished: flag,
    discardCancelled: flag,
    discardFailed: flag,
    discardSuspended: flag,
  });
}

function arbitraryOperator(version: WritableVersion, texts: TextChoice): fc.Arbitrary<OperatorState> {
  const handles = new ArbitraryHandles(version, texts);
  const name = version >= 5 ? fc.option(texts.text.filter((text) => text !== '')) : fc.constant(null);
  const head = {
    id: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((id) => Buffer.from(id).toString('hex')),
    name,
    uid: name,
    parallelism: fc.constant(MAX_PARALLELISM),
    maxParallelism: fc.integer({ min: MAX_PARALLELISM, max: 2 ** 31 - 1 }),
  };
  const running = fc.record({
    ...head,
    fullyFinished: fc.constant(false),
    coordinatorState: fc.option(handles.bytesHandle()),
    subtasks: fc.uniqueArray(arbitrarySubtask(handles), {
      selector: ({ index }) => index,
      maxLength: MAX_PARALLELISM,
    }),
  });
  const finished = fc.record({
    ...head,
    fullyFinished: fc.constant(true),
    coordinatorState: fc.constant(null),
    subtasks: fc.constant([]),
  });
  return fc.oneof({ weight: 5, arbitrary: running }, { weight: 1, arbitrary: finished });
}

function arbitrarySubtask(handles: ArbitraryHandles): fc.Arbitrary<SubtaskState> {
  const index = fc.integer({ min: 0, max: MAX_PARALLELISM - 1 });
  const none = fc.constant([]);
  const keyed = fc.array(handles.keyed(2), { maxLength: 1 });
  const operatorState = fc.array(handles.operatorHandle(), { maxLength: 1 });
  const running = fc.record({
    index,
    finished: fc.constant(false),
    managedOperatorState: operatorState,
    rawOperatorState: operatorState,
    managedKeyedState: keyed,
    rawKeyedState: keyed,
    inputChannelState: fc.array(handles.channel('input'), some),
    resultSubpartitionState: fc.array(handles.channel('output'), some),
    legacyState: none,
  });
  const finished = fc.record({
    index,
    finished: fc.constant(true),
    managedOperatorState: none,
    rawOperatorState: none,
    managedKeyedState: none,
    rawKeyedState: none,
    inputChannelState: none,
    resultSubpartitionState: none,
    legacyState: none,
  });
  return fc.oneof({ weight: 5, arbitrary: running }, { weight: 1, arbitrary: finished });
}
