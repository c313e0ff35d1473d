// Counts the words of a text file, or of all files in a directory, into files: for each word a line with its count so
// far. Kill it at any moment and go on from its newest checkpoint: every line is there exactly once.
//
//   ckpt run example:word-count --checkpoint-dir ./checkpoints --interval 1s INPUT OUTPUT
//   ckpt run example:word-count --checkpoint-dir ./checkpoints --interval 1s -s ./checkpoints/<job>/chk-<n> INPUT OUTPUT
import {
  type Collector,
  fileSink,
  type KeyedProcessContext,
  KeyedProcessFunction,
  type RuntimeContext,
  type StreamExecutionEnvironment,
  Types,
  UsageError,
  type ValueState,
  ValueStateDescriptor,
} from 'ckpt';

class CountWord extends KeyedProcessFunction<string, string, string> {
  private count!: ValueState<number>;

  override open(context: RuntimeContext): void {
    this.count = context.getState(new ValueStateDescriptor('count', Types.LONG));
  }

  processElement(word: string, _context: KeyedProcessContext<string>, out: Collector<string>): void {
    const count = (this.count.value() ?? 0) + 1;
    this.count.update(count);
    out.collect(`${word} ${count}`);
  }
}

function splitWords(line: string, out: Collector<string>): void {
  for (const word of line.split(' ')) if (word !== '') out.collect(word);
}

export default function wordCount(env: StreamExecutionEnvironment, args: readonly string[]): void {
  const [input, output] = args;
  if (input === undefined || output === undefined) {
    throw new UsageError(
      'word-count needs two arguments: a text file to read, and a directory for its output',
      {
        next: 'ckpt run example:word-count --checkpoint-dir ./checkpoints INPUT OUTPUT',
      },
    );
  }
  env
    .readTextFile(input)
    .uid('lines')
    .flatMap(splitWords)
    .uid('words')
    .keyBy((word) => word)
    .process(new CountWord())
    .uid('counts')
    .sinkTo(fileSink(output), 'Files')
    .uid('files');
}
