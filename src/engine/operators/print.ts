// Ends of streams that need no state. Source: Flink PrintSink, DiscardingSink.
import { BaseOperator, type OperatorContext, type OperatorFactory, type Output } from './operator.js';

/** A line per record, `2> ` before it where there are several subtasks. */
export function printOperator(): OperatorFactory {
  return (context, output) => new PrintOperator(output, context);
}

export function discardOperator(): OperatorFactory {
  return (_context, output) => new DiscardOperator(output);
}

class PrintOperator extends BaseOperator<unknown, unknown> {
  readonly #context: OperatorContext;
  readonly #prefix: string;

  constructor(output: Output<unknown>, context: OperatorContext) {
    super(output);
    this.#context = context;
    this.#prefix = context.parallelism > 1 ? `${context.subtaskIndex + 1}> ` : '';
  }

  processElement(value: unknown): void {
    this.#context.print(`${this.#prefix}${textOf(value)}`);
  }
}

function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? String(part) : part));
}

class DiscardOperator extends BaseOperator<unknown, unknown> {
  processElement(): void {}
}
