// When does a task with several inputs take its snapshot? A table of (state, event) -> (state, effects); it knows
// neither channels nor time. `align` blocks a channel from its barrier until all barriers are there: exactly once.
// `track` only counts barriers: at least once. An ended channel counts as having delivered every barrier. Barriers that may
// overtake records block nothing: the first takes the snapshot (unaligned). Source: Flink SingleCheckpointBarrierHandler, CheckpointBarrierTracker (Chandy-Lamport with one coordinator).

export interface AlignmentState {
  readonly channels: number;
  readonly ended: ReadonlySet<number>;
  /** Checkpoints up to this one are decided: their barriers come late. */
  readonly settledId: number;
  /** Checkpoints above `settledId` that the coordinator gave up. */
  readonly aborted: ReadonlySet<number>;
  /** Channels that delivered the barrier, by checkpoint. `align` has one entry at most. */
  readonly pending: ReadonlyMap<number, ReadonlySet<number>>;
  /** The checkpoint whose barriers may overtake; -1 before the first. */
  readonly overtakingId: number;
}

export type AlignmentEvent =
  | { readonly kind: 'barrier'; readonly channel: number; readonly checkpointId: number }
  | { readonly kind: 'cancel-barrier'; readonly channel: number; readonly checkpointId: number }
  | { readonly kind: 'end-of-partition'; readonly channel: number }
  /** From now on the barriers of this checkpoint may overtake. `align` only. */
  | { readonly kind: 'overtake'; readonly checkpointId: number }
  /** The coordinator gave the checkpoint up; all tasks are told. */
  | { readonly kind: 'abort'; readonly checkpointId: number };

export type AlignmentEffect =
  | { readonly kind: 'block'; readonly channel: number }
  | { readonly kind: 'unblock-all' }
  /** Pass the barrier on and take the snapshot. */
  | { readonly kind: 'trigger'; readonly checkpointId: number }
  /** The same, before the barriers of all channels but those that arrived are there. */
  | {
      readonly kind: 'trigger-unaligned';
      readonly checkpointId: number;
      readonly arrived: ReadonlySet<number>;
    }
  /** Tell the consumers that this checkpoint does not take place. */
  | { readonly kind: 'cancel'; readonly checkpointId: number };

export interface AlignmentStep {
  readonly state: AlignmentState;
  readonly effects: readonly AlignmentEffect[];
}

/** Barriers of so many checkpoints are remembered at once (Flink's CheckpointBarrierTracker has the same bound). */
const MAX_TRACKED = 50;

export function initialAlignment(channels: number): AlignmentState {
  return {
    channels,
    ended: new Set(),
    settledId: -1,
    aborted: new Set(),
    pending: new Map(),
    overtakingId: -1,
  };
}

/** Exactly once. */
export function align(state: AlignmentState, event: AlignmentEvent): AlignmentStep {
  switch (event.kind) {
    case 'barrier':
      return alignBarrier(state, event.channel, event.checkpointId);
    case 'cancel-barrier':
      return alignCancel(state, event.checkpointId);
    case 'end-of-partition':
      return settleComplete({ ...state, ended: new Set(state.ended).add(event.channel) }, []);
    case 'overtake':
      return overtake(state, event.checkpointId);
    case 'abort':
      return abort(state, event.checkpointId);
  }
}

/** At least once. */
export function track(state: AlignmentState, event: AlignmentEvent): AlignmentStep {
  const step = event.kind === 'barrier' ? trackBarrier(state, event) : trackOther(state, event);
  return { state: step.state, effects: step.effects.filter(({ kind }) => kind !== 'unblock-all') };
}

function alignBarrier(state: AlignmentState, channel: number, checkpointId: number): AlignmentStep {
  const older = pendingId(state);
  if (isDecided(state, checkpointId) || (older !== null && checkpointId < older)) return unchanged(state);
  const effects: AlignmentEffect[] = [];
  let current = state;
  if (older !== null && older < checkpointId) {
    effects.push({ kind: 'cancel', checkpointId: older }, { kind: 'unblock-all' });
    current = settle(state, older);
  }
  if (checkpointId !== state.overtakingId) effects.push({ kind: 'block', channel });
  else if (older !== checkpointId)
    effects.push({ kind: 'trigger-unaligned', checkpointId, arrived: new Set() });
  return settleComplete(arrive(current, channel, checkpointId), effects);
}

function overtake(state: AlignmentState, checkpointId: number): AlignmentStep {
  if (isDecided(state, checkpointId) || checkpointId === state.overtakingId) return unchanged(state);
  const arrived = state.pending.get(checkpointId);
  return {
    state: { ...state, overtakingId: checkpointId },
    effects:
      arrived === undefined
        ? []
        : [{ kind: 'trigger-unaligned', checkpointId, arrived }, { kind: 'unblock-all' }],
  };
}

function alignCancel(state: AlignmentState, checkpointId: number): AlignmentStep {
  const older = pendingId(state);
  if (isDecided(state, checkpointId) || (older !== null && checkpointId < older)) return unchanged(state);
  const effects: AlignmentEffect[] = [];
  if (older !== null && older < checkpointId) effects.push({ kind: 'cancel', checkpointId: older });
  effects.push({ kind: 'cancel', checkpointId });
  if (older !== null) effects.push({ kind: 'unblock-all' });
  return { state: settle(state, checkpointId), effects };
}

function trackBarrier(
  state: AlignmentState,
  event: { channel: number; checkpointId: number },
): AlignmentStep {
  if (isDecided(state, event.checkpointId)) return unchanged(state);
  const next = arrive(state, event.channel, event.checkpointId);
  const oldest = Math.min(...next.pending.keys());
  return settleComplete(next.pending.size > MAX_TRACKED ? settle(next, oldest) : next, []);
}

function trackOther(
  state: AlignmentState,
  event: Exclude<AlignmentEvent, { kind: 'barrier' }>,
): AlignmentStep {
  if (event.kind !== 'cancel-barrier') return align(state, event);
  if (isDecided(state, event.checkpointId)) return unchanged(state);
  const { checkpointId } = event;
  return { state: abort(state, checkpointId).state, effects: [{ kind: 'cancel', checkpointId }] };
}

function abort(state: AlignmentState, checkpointId: number): AlignmentStep {
  if (checkpointId <= state.settledId) return unchanged(state);
  const pending = new Map(state.pending);
  const wasPending = pending.delete(checkpointId);
  const aborted = new Set(state.aborted).add(checkpointId);
  return { state: { ...state, pending, aborted }, effects: wasPending ? [{ kind: 'unblock-all' }] : [] };
}

/** Triggers the newest checkpoint whose barriers are all there; older ones are decided by that. */
function settleComplete(state: AlignmentState, effects: readonly AlignmentEffect[]): AlignmentStep {
  const complete = [...state.pending].filter(([, arrived]) => isCovered(state, arrived)).map(([id]) => id);
  if (complete.length === 0) return { state, effects };
  const checkpointId = Math.max(...complete);
  // Its snapshot was taken at the first barrier.
  if (checkpointId === state.overtakingId) return { state: settle(state, checkpointId), effects };
  return {
    state: settle(state, checkpointId),
    effects: [...effects, { kind: 'trigger', checkpointId }, { kind: 'unblock-all' }],
  };
}

function isCovered(state: AlignmentState, arrived: ReadonlySet<number>): boolean {
  for (let channel = 0; channel < state.channels; channel++) {
    if (!arrived.has(channel) && !state.ended.has(channel)) return false;
  }
  return true;
}

function arrive(state: AlignmentState, channel: number, checkpointId: number): AlignmentState {
  const arrived = new Set(state.pending.get(checkpointId)).add(channel);
  return { ...state, pending: new Map(state.pending).set(checkpointId, arrived) };
}

function settle(state: AlignmentState, settledId: number): AlignmentState {
  const pending = new Map([...state.pending].filter(([id]) => id > settledId));
  const aborted = new Set([...state.aborted].filter((id) => id > settledId));
  return { ...state, settledId, pending, aborted };
}

function isDecided(state: AlignmentState, checkpointId: number): boolean {
  return checkpointId <= state.settledId || state.aborted.has(checkpointId);
}

function pendingId(state: AlignmentState): number | null {
  const [first] = state.pending.keys();
  return first ?? null;
}

function unchanged(state: AlignmentState): AlignmentStep {
  return { state, effects: [] };
}
