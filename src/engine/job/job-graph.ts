// From operators to tasks: operators that hand records straight on, with the same parallelism, become one task each.
// Source: Flink StreamingJobGraphGenerator#isChainable, JobGraph.
import { defaultMaxParallelism } from '../../model/key-groups.js';
import { generatedOperatorId, operatorIdOfUid } from '../../model/operator-id.js';
import type { StreamEdge, StreamGraph, StreamNode } from './stream-graph.js';

/** An operator within a task: its results go on to chained operators, and into streams to other tasks. */
export interface ChainedOperator {
  readonly id: string;
  readonly node: StreamNode;
  readonly maxParallelism: number;
  readonly chained: readonly ChainedOperator[];
  readonly streams: readonly JobEdge[];
}

/** A stream between two tasks. `forward`: from each subtask to the one of the same number. */
export interface JobEdge {
  /** Position in {@link JobGraph.vertices}. */
  readonly target: number;
  /** Position among the inputs of the target. */
  readonly inputIndex: number;
  readonly forward: boolean;
  readonly edge: StreamEdge;
}

/** A task: a chain of operators, run by as many subtasks as its parallelism says. */
export interface JobVertex {
  readonly name: string;
  readonly parallelism: number;
  readonly head: ChainedOperator;
  /** From the head on, each before those that it feeds. */
  readonly operators: readonly ChainedOperator[];
  /** Number of streams into the head. */
  readonly inputs: number;
}

/** Vertices in an order in which inputs come before their consumers. */
export interface JobGraph {
  readonly jobName: string;
  readonly vertices: readonly JobVertex[];
}

export function buildJobGraph(graph: StreamGraph): JobGraph {
  const ids = operatorIds(graph.nodes);
  const chainedInto = new Set(graph.nodes.filter((node) => isChained(graph, node)).map(({ id }) => id));
  const heads = graph.nodes.filter(({ id }) => !chainedInto.has(id));
  const vertexOf = new Map(heads.map(({ id }, index) => [id, index]));

  const build = (node: StreamNode): ChainedOperator => {
    const consumers = graph.nodes.flatMap((target) =>
      target.inputs.flatMap((edge, inputIndex) =>
        edge.sourceId === node.id ? [{ target, edge, inputIndex }] : [],
      ),
    );
    return {
      id: ids[node.id]!,
      node,
      maxParallelism: maxParallelismOf(node),
      chained: consumers
        .filter(({ target }) => chainedInto.has(target.id))
        .map(({ target }) => build(target)),
      streams: consumers
        .filter(({ target }) => !chainedInto.has(target.id))
        .map(({ target, edge, inputIndex }) => ({
          target: vertexOf.get(target.id)!,
          inputIndex,
          forward: isForward(node, target, edge),
          edge,
        })),
    };
  };
  return { jobName: graph.jobName, vertices: heads.map((node) => vertex(build(node))) };
}

/**
 * The graph with the max parallelism of a snapshot, by operator id, where the program sets none and the parallelism does
 * not exceed it (Flink's VertexParallelismInformation#canRescaleMaxParallelism).
 */
export function adoptMaxParallelism(graph: JobGraph, ofSnapshot: ReadonlyMap<string, number>): JobGraph {
  const adopt = (vertex: JobVertex): JobVertex => {
    const { operators, parallelism, head } = vertex;
    const known = operators.map(({ id }) => ofSnapshot.get(id)).find((found) => found !== undefined);
    const isSet = operators.some(({ node }) => node.maxParallelism !== null);
    if (known === undefined || isSet || known < parallelism) return vertex;
    const adopted = withMaxParallelism(head, known);
    return { ...vertex, head: adopted, operators: inOrder(adopted) };
  };
  return { ...graph, vertices: graph.vertices.map(adopt) };
}

/** A subtask, for people and for the engine: names need not differ, ids do. */
export interface TaskIdentity {
  readonly id: string;
  /** `Source: numbers -> Map (1/2)` */
  readonly name: string;
  /** That of the operator at the head. */
  readonly vertexId: string;
  readonly subtask: number;
}

export function taskIdentity({ name, parallelism, head }: JobVertex, subtaskIndex: number): TaskIdentity {
  return {
    id: taskIdOf(head.id, subtaskIndex),
    name: `${name} (${subtaskIndex + 1}/${parallelism})`,
    vertexId: head.id,
    subtask: subtaskIndex,
  };
}

export function taskIdOf(vertexId: string, subtaskIndex: number): string {
  return `${vertexId}/${subtaskIndex}`;
}

/** Flink's own default where the program sets none. */
export function maxParallelismOf(node: StreamNode): number {
  return node.maxParallelism ?? defaultMaxParallelism(node.parallelism);
}

function vertex(head: ChainedOperator): JobVertex {
  const operators = inOrder(head);
  return {
    name: operators.map(({ node }) => node.name).join(' -> '),
    parallelism: head.node.parallelism,
    head,
    operators,
    inputs: head.node.inputs.length,
  };
}

function withMaxParallelism(operator: ChainedOperator, maxParallelism: number): ChainedOperator {
  const chained = operator.chained.map((next) => withMaxParallelism(next, maxParallelism));
  return { ...operator, maxParallelism, chained };
}

function inOrder(operator: ChainedOperator): ChainedOperator[] {
  return [operator, ...operator.chained.flatMap(inOrder)];
}

function isChained(graph: StreamGraph, node: StreamNode): boolean {
  const [edge, ...others] = node.inputs;
  if (!graph.chaining || edge === undefined || others.length > 0) return false;
  const source = graph.nodes[edge.sourceId]!;
  return isForward(source, node, edge) && maxParallelismOf(source) === maxParallelismOf(node);
}

function isForward(source: StreamNode, target: StreamNode, edge: StreamEdge): boolean {
  return edge.key === null && !edge.broadcast && source.parallelism === target.parallelism;
}

function operatorIds(nodes: readonly StreamNode[]): readonly string[] {
  const ids: string[] = [];
  for (const { uid, id, inputs } of nodes) {
    const inputIds = inputs.map(({ sourceId }) => ids[sourceId]!);
    ids.push(uid === null ? generatedOperatorId(id, inputIds) : operatorIdOfUid(uid));
  }
  return ids;
}
