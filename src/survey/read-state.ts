// `inspect --state`: the values of one state of one operator, key group by key group. With a key, only its key group is
// read. What cannot be read whole is an error: half of the values would be taken for all of them.
import type { KeyedHeader } from '../format/state/keyed-header.js';
import { type OperatorStateContent, openOperatorSnapshot } from '../format/state/operator-snapshot.js';
import { serializerOf } from '../format/state/snapshot-classes.js';
import { keyGroupOf } from '../model/key-groups.js';
import type { KeyGroupRange, OperatorState, OperatorStateHandle } from '../model/metadata.js';
import type { StateRow, StateValues } from '../model/state-report.js';
import { UsageError } from '../support/errors.js';
import { notRead, openKeyedState } from './keyed-entries.js';
import { expectedError } from './look-up.js';
import { locating, openStream, type StreamSource } from './state-streams.js';
import { keyedStateTypes, operatorStateTypes, type StateTypes, stopsAt } from './state-types.js';
import { parseKey } from './typed-key.js';

/** All values of a state are held, to be sorted by key: in memory they take several times as much. */
const MOST_BYTES = 256 * 1024 * 1024;

/** Which values are wanted. */
export interface WantedState {
  readonly name: string;
  /** As typed; undefined for all keys. */
  readonly key: string | undefined;
}

interface HandleOf<Handle> {
  readonly subtask: number;
  readonly handle: Handle;
}

/** Throws a UsageError where there is no such state or it cannot be read here, and what the store throws. */
export async function readState(
  operator: OperatorState,
  wanted: WantedState,
  source: StreamSource,
): Promise<Omit<StateValues, 'operator'>> {
  const ofOperator = handlesOf(operator, 'managedOperatorState');
  const names = new Set(ofOperator.flatMap(({ handle }) => handle.states.map(({ name }) => name)));
  if (names.has(wanted.name)) return readOperatorState(ofOperator, wanted, source);
  const keyed = handlesOf(operator, 'managedKeyedState');
  const first = keyed[0];
  if (first === undefined) throw noSuchState(wanted.name, [...names]);
  const { header } = await openKeyedState(first.handle, operator.maxParallelism, source);
  const state = keyedStateTypes(header).find(({ name }) => name === wanted.name);
  if (state === undefined) {
    if (header.kind === 'partial') throw notRead(wanted.name, stopsAt(header.unknown));
    throw noSuchState(wanted.name, [...names, ...header.states.map(({ name }) => name)]);
  }
  const key = wanted.key === undefined ? undefined : placeOfKey(wanted.key, header, operator.maxParallelism);
  const rows: StateRow[] = [];
  let heldBytes = 0;
  for (const { subtask, handle } of keyed) {
    if (key !== undefined && !covers(handle.keyGroups, key.keyGroup)) continue;
    const opened = await openKeyedState(handle, operator.maxParallelism, source);
    const range = key && { first: key.keyGroup, last: key.keyGroup };
    for await (const entry of opened.entries(wanted.name, range)) {
      if (key !== undefined && !Object.is(entry.key, key.value)) continue;
      heldBytes += entry.sizeBytes;
      if (heldBytes > MOST_BYTES) throw tooLarge(wanted.name);
      rows.push({ subtask, key: entry.key, namespace: entry.namespace, value: entry.value });
    }
  }
  return { state, rows: rows.sort(byKey) };
}

/** The names of the states of an operator, as one of its subtasks has them; null where they cannot be read. */
export async function stateNamesOf(
  operator: OperatorState,
  source: StreamSource,
): Promise<readonly string[] | null> {
  const ofOperator = handlesOf(operator, 'managedOperatorState');
  const names = ofOperator.flatMap(({ handle }) => handle.states.map(({ name }) => name));
  const [first] = handlesOf(operator, 'managedKeyedState');
  if (first === undefined) return names;
  try {
    const { header } = await openKeyedState(first.handle, operator.maxParallelism, source);
    return header.kind === 'partial' ? null : [...names, ...header.states.map(({ name }) => name)];
  } catch (thrown) {
    expectedError(thrown);
    return null;
  }
}

function handlesOf<Slot extends 'managedOperatorState' | 'managedKeyedState'>(
  { subtasks }: OperatorState,
  slot: Slot,
): readonly HandleOf<OperatorState['subtasks'][number][Slot][number]>[] {
  return subtasks.flatMap((subtask) => subtask[slot].map((handle) => ({ subtask: subtask.index, handle })));
}

function placeOfKey(text: string, { keySerializer }: KeyedHeader, maxParallelism: number) {
  const type = keySerializer && serializerOf(keySerializer);
  if (type === null) throw notRead(null, 'the serializer of its keys is not known here');
  const value = parseKey(text, type);
  return { value, keyGroup: keyGroupOf(type.javaHashCode(value), maxParallelism) };
}

function covers({ first, last }: KeyGroupRange, keyGroup: number): boolean {
  return keyGroup >= first && keyGroup <= last;
}

async function readOperatorState(
  handles: readonly HandleOf<OperatorStateHandle>[],
  { name, key }: WantedState,
  source: StreamSource,
): Promise<Omit<StateValues, 'operator'>> {
  let state: StateTypes | null = null;
  const rows: StateRow[] = [];
  for (const { subtask, handle } of handles) {
    const stream = await openStream(handle.stream, source);
    const bytes = await stream.read(0, stream.sizeBytes);
    const snapshot = locating(stream, () => openOperatorSnapshot(bytes, handle.states));
    if (snapshot.kind === 'unknown-serializer') throw notRead(name, stopsAt(snapshot.unknown));
    const content = snapshot.states.find((candidate) => candidate.name === name);
    if (content === undefined) continue;
    state ??= typesOfContent(content);
    // Every subtask has the same copy of a broadcast state.
    if (content.mode === 'BROADCAST' && rows.length > 0) continue;
    for (const row of rowsOf(content, subtask)) rows.push(row);
  }
  if (state === null) throw noSuchState(name, []);
  if (key === undefined) return { state, rows: rows.sort(byKey) };
  if (state.kind !== 'broadcast') throw new UsageError(`state ${name} has no keys`, { where: '--key' });
  return { state, rows: rows.filter((row) => String(row.key) === key) };
}

function typesOfContent(content: OperatorStateContent): StateTypes {
  const serializers =
    content.mode === 'BROADCAST'
      ? { KEY_SERIALIZER: content.key.snapshot, VALUE_SERIALIZER: content.value.snapshot }
      : { VALUE_SERIALIZER: content.element.snapshot };
  return operatorStateTypes({
    name: content.name,
    backendType: content.mode === 'BROADCAST' ? 'BROADCAST' : 'OPERATOR',
    options: new Map([['OPERATOR_STATE_DISTRIBUTION_MODE', content.mode]]),
    serializers: new Map(Object.entries(serializers)),
  });
}

function rowsOf(content: OperatorStateContent, subtask: number): readonly StateRow[] {
  if (content.mode !== 'BROADCAST') {
    return [{ subtask, key: null, namespace: null, value: content.elements }];
  }
  return [...content.entries].map(([key, value]) => ({ subtask, key, namespace: null, value }));
}

/** Numbers by size, all else by code points of its text; then by subtask. */
function byKey(a: StateRow, b: StateRow): number {
  const isNumber = typeof a.key === 'number' || typeof a.key === 'bigint';
  const [left, right] = isNumber ? [a.key as number, b.key as number] : [String(a.key), String(b.key)];
  if (left !== right) return left < right ? -1 : 1;
  return a.subtask - b.subtask;
}

function tooLarge(name: string): UsageError {
  return new UsageError(`state ${name} has more than ${MOST_BYTES} bytes of values`, {
    code: 'state-not-read',
    where: '--state',
    next: 'choose one with --key; ckpt inspect --states counts them all',
  });
}

function noSuchState(name: string, names: readonly string[]): UsageError {
  const next = names.length === 0 ? 'it has no named state' : `there are ${[...names].sort().join(', ')}`;
  return new UsageError(`the operator has no state ${name}`, { where: '--state', next });
}
