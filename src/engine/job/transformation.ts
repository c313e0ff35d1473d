// An operator while the program is still being written: its name, uid and parallelism may yet change.
// Source: Flink Transformation.
import type { StreamNode } from './stream-graph.js';

export class Transformation {
  readonly id: number;
  readonly #parts: Pick<StreamNode, 'inputs' | 'key' | 'logic'>;
  name: string;
  uid: string | null = null;
  parallelism: number | null = null;
  maxParallelism: number | null = null;

  constructor(id: number, parts: Pick<StreamNode, 'name' | 'inputs' | 'key' | 'logic'>) {
    this.id = id;
    this.name = parts.name;
    this.#parts = parts;
  }

  toNode(defaults: Pick<StreamNode, 'parallelism' | 'maxParallelism'>): StreamNode {
    const { id, name, uid } = this;
    const parallelism = this.parallelism ?? defaults.parallelism;
    const maxParallelism = this.maxParallelism ?? defaults.maxParallelism;
    return { id, name, uid, parallelism, maxParallelism, ...pick(this.#parts) };
  }
}

function pick({ inputs, key, logic }: Pick<StreamNode, 'inputs' | 'key' | 'logic'>) {
  return { inputs, key, logic };
}
