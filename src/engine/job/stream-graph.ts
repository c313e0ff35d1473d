// What a user's program comes to: operators and the streams between them, before anything is chained or run.
// Source: Flink StreamGraph, StreamGraphGenerator.

import type { TypeSerializer } from '../../format/state/serializer.js';
import { MAX_KEY_GROUPS } from '../../model/key-groups.js';
import { UsageError } from '../../support/errors.js';
import { MAX_UTF_BYTES, modifiedUtf8Length } from '../../support/modified-utf8.js';
import type { OperatorFactory, TwoInputOperatorFactory } from '../operators/operator.js';
import type { KeySelector } from './functions.js';
import type { Source } from './source.js';

/** How the records of a keyed stream find their key. */
export interface KeySpec {
  readonly selector: KeySelector<unknown, unknown>;
  readonly type: TypeSerializer<unknown>;
}

/** A stream into an operator. With a key records go where the key group lives, else straight on or round robin. */
export interface StreamEdge {
  readonly sourceId: number;
  readonly key: KeySpec | null;
  /** Id of the side output that it is; null for the results proper. */
  readonly sideOutput: string | null;
  /** Every subtask of the consumer gets every record. */
  readonly broadcast: boolean;
  /** Which input of the consumer it belongs to. */
  readonly input: 0 | 1;
}

/** The results of an operator, as they are. */
export function edgeFrom(sourceId: number): StreamEdge {
  return { sourceId, key: null, sideOutput: null, broadcast: false, input: 0 };
}

/** An operator of the program. */
export interface StreamNode {
  /** Position in {@link StreamGraph.nodes}; inputs come before their consumers. */
  readonly id: number;
  readonly name: string;
  readonly uid: string | null;
  readonly parallelism: number;
  readonly maxParallelism: number | null;
  readonly inputs: readonly StreamEdge[];
  /** Key of the operator's own state: the stream it reads is keyed. */
  readonly key: KeySpec | null;
  readonly logic: NodeLogic;
}

export type NodeLogic =
  | { readonly kind: 'source'; readonly source: Source<unknown> }
  | { readonly kind: 'operator'; readonly create: OperatorFactory }
  | { readonly kind: 'two-input-operator'; readonly create: TwoInputOperatorFactory };

export interface StreamGraph {
  readonly jobName: string;
  readonly nodes: readonly StreamNode[];
  readonly chaining: boolean;
}

/** Throws a UsageError where the program cannot be run. */
export function checkStreamGraph(graph: StreamGraph): void {
  if (!graph.nodes.some((node) => node.inputs.length > 0)) {
    throw new UsageError(`the job ${graph.jobName} does nothing`, {
      next: 'read a source and do something with its records, at least print() them',
    });
  }
  for (const node of graph.nodes) {
    checkParallelism(node);
    checkName('name', node.name);
    if (node.uid !== null) checkName('uid', node.uid);
  }
  checkUids(graph.nodes);
}

function checkParallelism({ name, parallelism, maxParallelism }: StreamNode): void {
  const limit = maxParallelism ?? MAX_KEY_GROUPS;
  if (!isCount(parallelism) || !isCount(limit) || limit > MAX_KEY_GROUPS) {
    throw new UsageError(
      `operator ${name} wants parallelism ${parallelism}, max parallelism ${maxParallelism}`,
      {
        where: name,
        next: `use whole numbers from 1 to ${MAX_KEY_GROUPS}`,
      },
    );
  }
  if (parallelism > limit) {
    throw new UsageError(
      `parallelism ${parallelism} of operator ${name} is above its max parallelism ${limit}`,
      {
        where: name,
        next: 'lower the parallelism, or raise setMaxParallelism (state of old snapshots is lost then)',
      },
    );
  }
}

/** `_metadata` has no room for longer ones. */
function checkName(what: 'name' | 'uid', text: string): void {
  if (modifiedUtf8Length(text) <= MAX_UTF_BYTES) return;
  throw new UsageError(`the ${what} of an operator takes more than ${MAX_UTF_BYTES} bytes`, {
    where: `${text.slice(0, 40)}…`,
    next: `give the operator a shorter ${what}`,
  });
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}

function checkUids(nodes: readonly StreamNode[]): void {
  const names = new Map<string, string>();
  for (const { uid, name } of nodes) {
    if (uid === null) continue;
    const other = names.get(uid);
    if (other !== undefined) {
      throw new UsageError(`two operators have the uid ${uid}: ${other} and ${name}`, {
        where: `uid ${uid}`,
        next: 'give every operator a uid of its own: state is found by it',
      });
    }
    names.set(uid, name);
  }
}
