// The channels between the subtasks of a job. Source: Flink EdgeManagerBuildUtil (pointwise and all-to-all).

import { UsageError } from '../../support/errors.js';
import type { JobEdge, JobGraph } from '../job/job-graph.js';
import type { KeySpec } from '../job/stream-graph.js';
import { Channel } from './channel.js';

/** A channel into a task, and which input of its head it belongs to. */
export interface InputChannel {
  readonly channel: Channel;
  readonly input: 0 | 1;
  /** Position of its stream among those into the task, and its own in that stream. */
  readonly gate: number;
  readonly index: number;
  /** Null where the stream has none. */
  readonly key: KeySpec | null;
  /**
   * Whether barriers may overtake its records. Those of streams that go straight on or to all subtasks cannot be dealt
   * out anew: Flink aligns there too.
   */
  readonly mayOvertake: boolean;
}

/** In one process: barriers of a task are matched channel by channel, and each channel has its buffer. */
const MOST_CHANNELS = 100_000;

/** Throws a UsageError where the job needs more channels than can be served. */
export function checkChannels({ vertices }: JobGraph): void {
  const streams = vertices.flatMap(({ name, parallelism, operators }) =>
    operators.flatMap(({ streams }) => streams.map((stream) => ({ name, parallelism, stream }))),
  );
  const needed = streams.map(({ name, parallelism, stream: { forward, target } }) => {
    const { name: to, parallelism: subtasks } = vertices[target]!;
    const channels = forward ? parallelism : parallelism * subtasks;
    return { channels, where: `${name} (${parallelism}) to ${to} (${subtasks})` };
  });
  const all = needed.reduce((sum, { channels }) => sum + channels, 0);
  if (all <= MOST_CHANNELS) return;
  const { where } = needed.reduce((most, other) => (other.channels > most.channels ? other : most));
  throw new UsageError(
    `the job needs ${all} channels between its subtasks; no more than ${MOST_CHANNELS} can be served`,
    {
      where,
      next: 'lower the parallelism: all subtasks share one thread, and are not faster for being many',
    },
  );
}

export class Wiring {
  readonly #byEdge = new Map<JobEdge, readonly (readonly Channel[])[]>();
  readonly #intoVertex: readonly (readonly JobEdge[])[];

  constructor(graph: JobGraph) {
    const into: JobEdge[][] = graph.vertices.map(() => []);
    for (const { parallelism, operators } of graph.vertices) {
      for (const stream of operators.flatMap(({ streams }) => streams)) {
        const targets = stream.forward ? 1 : graph.vertices[stream.target]!.parallelism;
        const channels = Array.from({ length: parallelism }, () =>
          Array.from({ length: targets }, () => new Channel()),
        );
        this.#byEdge.set(stream, channels);
        into[stream.target]!.push(stream);
      }
    }
    this.#intoVertex = into.map((edges) => edges.sort((a, b) => a.inputIndex - b.inputIndex));
  }

  /** The channels of one stream out of one subtask, by subtask of the target. */
  outOf(stream: JobEdge, subtask: number): readonly Channel[] {
    return this.#byEdge.get(stream)![subtask]!;
  }

  /** All channels into one subtask. */
  into(vertex: number, subtask: number): readonly InputChannel[] {
    return this.#intoVertex[vertex]!.flatMap((stream, gate) => {
      const all = this.#byEdge.get(stream)!;
      const channels = stream.forward ? all[subtask]! : all.map((fromOne) => fromOne[subtask]!);
      const { input, key, broadcast } = stream.edge;
      const mayOvertake = !stream.forward && !broadcast;
      return channels.map((channel, index) => ({ channel, input, gate, index, key, mayOvertake }));
    });
  }
}
