// Where a program begins: sources, defaults, and the graph of all that was built from them. Builders only; nothing runs.
// Source: Flink StreamExecutionEnvironment.
import { fromElements } from '../connectors/elements-source.js';
import { readJsonLines } from '../connectors/json-lines-source.js';
import { fromSequence } from '../connectors/sequence-source.js';
import { socketTextSource } from '../connectors/socket-source.js';
import { readTextFile } from '../connectors/text-file-source.js';
import { SingleOutputStreamOperator } from './data-stream.js';
import type { Source } from './source.js';
import { checkStreamGraph, type StreamGraph, type StreamNode } from './stream-graph.js';
import { Transformation } from './transformation.js';

/** Parallelism where neither the operator nor the program says one; -1 lets each operator choose its max parallelism. */
export interface EnvironmentDefaults {
  readonly parallelism: number;
  readonly maxParallelism: number;
}

export class StreamExecutionEnvironment {
  readonly #transformations: Transformation[] = [];
  #parallelism: number;
  #maxParallelism: number;
  #chaining = true;

  constructor(defaults: EnvironmentDefaults = { parallelism: 1, maxParallelism: -1 }) {
    this.#parallelism = defaults.parallelism;
    this.#maxParallelism = defaults.maxParallelism;
  }

  setParallelism(parallelism: number): this {
    this.#parallelism = parallelism;
    return this;
  }

  setMaxParallelism(maxParallelism: number): this {
    this.#maxParallelism = maxParallelism;
    return this;
  }

  /** Every operator becomes a task of its own. */
  disableOperatorChaining(): this {
    this.#chaining = false;
    return this;
  }

  /** The elements given, by one subtask, in order. */
  fromElements<T>(...elements: readonly T[]): SingleOutputStreamOperator<T> {
    return this.fromSource(fromElements(elements), 'Collection Source').setParallelism(1);
  }

  /** The whole numbers from `from` to `to`, both included; each subtask has a part of its own. */
  fromSequence(from: number, to: number): SingleOutputStreamOperator<number> {
    return this.fromSource(fromSequence(from, to), 'Sequence Source');
  }

  /** The lines of a text file, or of the files of a directory. */
  readTextFile(path: string): SingleOutputStreamOperator<string> {
    return this.fromSource(readTextFile(path), 'Text File');
  }

  /** The JSON documents of a file with one a line, or of the files of a directory; a line that is none fails the job. */
  readJsonLines(path: string): SingleOutputStreamOperator<unknown> {
    return this.fromSource(readJsonLines(path), 'JSON Lines');
  }

  /** The lines that `host` sends from `port`; what is not in a checkpoint is lost at a restart. */
  socketTextStream(host: string, port: number): SingleOutputStreamOperator<string> {
    return this.fromSource(socketTextSource(host, port), 'Socket Stream').setParallelism(1);
  }

  fromSource<T, Split>(source: Source<T, Split>, name: string): SingleOutputStreamOperator<T> {
    const transformation = this.addTransformation({
      name: `Source: ${name}`,
      inputs: [],
      key: null,
      logic: { kind: 'source', source: source as Source<unknown> },
    });
    return new SingleOutputStreamOperator(this, transformation);
  }

  /** For streams: adds an operator to the program. */
  addTransformation(parts: Pick<StreamNode, 'name' | 'inputs' | 'key' | 'logic'>): Transformation {
    const transformation = new Transformation(this.#transformations.length, parts);
    this.#transformations.push(transformation);
    return transformation;
  }

  /** The program so far. Throws a UsageError where it cannot be run. */
  getStreamGraph(jobName = 'Streaming Job'): StreamGraph {
    const maxParallelism = this.#maxParallelism === -1 ? null : this.#maxParallelism;
    const defaults = { parallelism: this.#parallelism, maxParallelism };
    const nodes = this.#transformations.map((transformation) => transformation.toNode(defaults));
    const graph = { jobName, nodes, chaining: this.#chaining };
    checkStreamGraph(graph);
    return graph;
  }
}
