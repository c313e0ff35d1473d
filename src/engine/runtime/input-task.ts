// A task that reads streams of other tasks: records, watermarks merged, barriers aligned (or only counted).
// Source: Flink OneInputStreamTask, StreamTaskNetworkInput.

import type { ChannelRecords } from '../checkpoint/channel-handles.js';
import type { TaskIdentity } from '../job/job-graph.js';
import { NO_TIMESTAMP } from '../operators/operator.js';
import { type AlignmentEffect, type AlignmentEvent, align, initialAlignment, track } from './alignment.js';
import type { ChannelEvent, RecordBatch } from './channel.js';
import { InFlightGathering } from './in-flight.js';
import { InputGate } from './input-gate.js';
import type { RecordInput } from './keyed-input.js';
import type { OperatorChain } from './operator-chain.js';
import type { RestoredBatch } from './restored-records.js';
import { SLICE_RECORDS } from './scheduler.js';
import { Task, type TaskHost } from './task.js';
import { WatermarkMerger } from './watermarks.js';
import type { InputChannel } from './wiring.js';

export interface InputTaskParts {
  readonly makeChain: (task: Task) => OperatorChain;
  readonly channels: readonly InputChannel[];
  readonly mode: 'EXACTLY_ONCE' | 'AT_LEAST_ONCE';
  /** What comes before anything from the channels. */
  readonly restored: readonly RestoredBatch[];
}

export class InputTask extends Task {
  readonly #gate: InputGate;
  readonly #channels: readonly InputChannel[];
  readonly #restored: RestoredBatch[];
  readonly #handle: typeof align;
  readonly #watermarks: WatermarkMerger;
  #alignment: ReturnType<typeof initialAlignment>;
  #openChannels: number;
  /** Channels that barriers may still come through. */
  #openPartitions: number;
  /** Checkpoints that were triggered and not performed, in order. */
  #triggered: readonly number[] = [];
  #batch: RecordBatch | null = null;
  /** Where the records of the batch go in. */
  #input: RecordInput;
  #position = 0;
  /** The channel that the batch came from. */
  #batchChannel = 0;
  /** The checkpoint whose barriers may overtake; -1 before the first. */
  #overtakingId = -1;
  /** Records in flight of that checkpoint, while barriers of it are missing. */
  #gathering: InFlightGathering | null = null;
  /** When the first barrier of the checkpoint came that is awaited. */
  #alignedFromMs: number | null = null;

  constructor(
    identity: TaskIdentity,
    host: TaskHost,
    { makeChain, channels, mode, restored }: InputTaskParts,
  ) {
    super(identity, host, makeChain);
    for (const { channel } of channels) channel.consumer = this;
    this.#gate = new InputGate(
      channels.map(({ channel }) => channel),
      host.choices,
    );
    this.#channels = channels;
    this.#restored = [...restored];
    this.#input = this.chain.inputs[0]!;
    this.#handle = mode === 'EXACTLY_ONCE' ? align : track;
    this.#alignment = initialAlignment(channels.length);
    this.#watermarks = new WatermarkMerger(channels.length, this.chain.watermarks);
    this.#openChannels = channels.length;
    this.#openPartitions = channels.length;
  }

  /** Barriers come through the channels, or not at all where those before it have finished. */
  triggerCheckpoint(checkpointId: number): void {
    this.#triggered = [...this.#triggered, checkpointId];
    this.#performTriggered();
  }

  /** The end comes through the channels. */
  drain(): void {}

  notifyCheckpointAborted(checkpointId: number): void {
    this.post(() => {
      this.#barrierEvent({ kind: 'abort', checkpointId });
      this.#triggered = this.#triggered.filter((id) => id !== checkpointId);
      if (this.#gathering?.checkpointId === checkpointId) this.#gathering = null;
    });
  }

  allowOvertaking(checkpointId: number): void {
    if (!this.#channels.every(({ mayOvertake }) => mayOvertake)) return;
    this.post(() => {
      this.#overtakingId = checkpointId;
      this.#barrierEvent({ kind: 'overtake', checkpointId });
      this.#overtake(checkpointId);
    });
  }

  barrierQueued(checkpointId: number): void {
    if (checkpointId === this.#overtakingId) this.post(() => this.#overtake(checkpointId));
  }

  protected get hasOpenInputs(): boolean {
    return this.#openPartitions > 0;
  }

  protected work(limit: number): boolean {
    let left = limit;
    while (left > 0 && this.blockers === 0) {
      if (this.#batch !== null) {
        left -= this.#processBatch(this.#batch, Math.min(left, SLICE_RECORDS));
        if (this.host.isTurnOver()) return true;
        continue;
      }
      if (this.runDeferred()) continue;
      const restored = this.#restored.shift();
      if (restored !== undefined) this.#begin(restored);
      else if (!this.#readChannel()) return false;
    }
    return true;
  }

  /** False where no channel has anything. */
  #readChannel(): boolean {
    const element = this.#gate.next();
    if (element === undefined) return false;
    const channel = this.#gate.lastChannel;
    if (element.kind === 'records') {
      this.#gathering?.add(channel, element);
      this.#begin({ batch: element, channel });
    } else {
      this.#event(element, channel);
    }
    return true;
  }

  #begin({ batch, channel }: RestoredBatch): void {
    const { input } = this.#channels[channel]!;
    this.#batchChannel = channel;
    this.#batch = batch;
    this.#input = this.chain.inputs[input]!;
    const ready = this.chain.announce(batch, input);
    if (ready !== undefined) this.suspendUntil(ready);
  }

  /** Processes at most `limit` records of the batch, fewer where something blocks. The hot path of the engine. */
  #processBatch(batch: RecordBatch, limit: number): number {
    const { values, timestampsMs } = batch;
    const input = this.#input;
    const start = this.#position;
    const end = Math.min(batch.count, start + limit);
    let at = start;
    if (timestampsMs === null) {
      while (at < end && this.blockers === 0) input.processElement(values[at++], NO_TIMESTAMP);
    } else {
      for (; at < end && this.blockers === 0; at++) input.processElement(values[at], timestampsMs[at]!);
    }
    this.#position = at;
    this.recordsIn += at - start;
    if (at === batch.count) {
      this.#batch = null;
      this.#position = 0;
    }
    return at - start;
  }

  #event(event: ChannelEvent, channel: number): void {
    switch (event.kind) {
      case 'watermark':
        this.#watermarks.watermark(channel, event.timestampMs);
        break;
      case 'watermark-status':
        this.#watermarks.status(channel, event.status);
        break;
      case 'end-of-data':
        if (--this.#openChannels === 0) this.endInput();
        break;
      case 'barrier':
      case 'cancel-barrier':
        this.#barrierEvent({ kind: event.kind, channel, checkpointId: event.checkpointId });
        break;
      case 'end-of-partition':
        this.#endPartition(channel);
        break;
    }
  }

  #endPartition(channel: number): void {
    this.#gathering?.close(channel);
    this.#barrierEvent({ kind: 'end-of-partition', channel });
    this.#openPartitions--;
    this.#performTriggered();
    this.tryFinish();
  }

  #performTriggered(): void {
    if (this.hasOpenInputs) return;
    for (const checkpointId of this.#triggered) this.post(() => this.performCheckpoint(checkpointId));
    this.#triggered = [];
  }

  #performAligned(checkpointId: number, inFlight: Promise<readonly ChannelRecords[]> | null): void {
    this.#triggered = this.#triggered.filter((id) => id > checkpointId);
    this.performCheckpoint(checkpointId, { alignmentMs: this.#alignmentEnd(), inFlight });
  }

  #barrierEvent(event: AlignmentEvent): void {
    if (event.kind === 'barrier') this.#alignedFromMs ??= this.host.clock.monotonic();
    else if (event.kind !== 'end-of-partition') this.#alignedFromMs = null;
    const { state, effects } = this.#handle(this.#alignment, event);
    this.#alignment = state;
    for (const effect of effects) this.#apply(effect);
  }

  /** Lets the barriers that wait in channels pass the records before them. */
  #overtake(checkpointId: number): void {
    for (const channel of this.#channels.keys()) {
      const overtaken = this.#gate.overtake(channel, checkpointId);
      if (overtaken === null) continue;
      this.#barrierEvent({ kind: 'barrier', channel, checkpointId });
      if (this.#gathering?.checkpointId !== checkpointId) continue;
      for (const batch of overtaken) this.#gathering.add(channel, batch);
      this.#gathering.close(channel);
    }
  }

  /** What has left the channels already, and was not processed, is in flight too. */
  #gather(checkpointId: number, arrived: ReadonlySet<number>): InFlightGathering {
    const infos = this.#channels.map(({ gate, index }) => ({ group: gate, index }));
    const gathering = new InFlightGathering(checkpointId, infos);
    for (const channel of [...arrived, ...this.#alignment.ended]) gathering.close(channel);
    if (this.#batch !== null) gathering.add(this.#batchChannel, this.#batch, this.#position);
    for (const { channel, batch } of this.#restored) gathering.add(channel, batch);
    return gathering;
  }

  #alignmentEnd(): number {
    const nowMs = this.host.clock.monotonic();
    const alignmentMs = nowMs - (this.#alignedFromMs ?? nowMs);
    this.#alignedFromMs = null;
    return alignmentMs;
  }

  #apply(effect: AlignmentEffect): void {
    switch (effect.kind) {
      case 'block':
        this.#gate.block(effect.channel);
        break;
      case 'unblock-all':
        this.#gate.unblockAll();
        break;
      case 'trigger':
        this.#performAligned(effect.checkpointId, null);
        break;
      case 'trigger-unaligned': {
        this.#gathering = this.#gather(effect.checkpointId, effect.arrived);
        this.#performAligned(effect.checkpointId, this.#gathering.records);
        break;
      }
      case 'cancel':
        this.broadcast({ kind: 'cancel-barrier', checkpointId: effect.checkpointId });
        break;
    }
  }
}
