// The smallest job with state: how often was this letter seen before? Prints `a 0`, `b 0`, `c 0`, `a 1`.
//
//   ckpt run example:counter
import {
  type Collector,
  type KeyedProcessContext,
  KeyedProcessFunction,
  type RuntimeContext,
  type StreamExecutionEnvironment,
  Types,
  type ValueState,
  ValueStateDescriptor,
} from 'ckpt';

class CountBefore extends KeyedProcessFunction<string, string, string> {
  private seen!: ValueState<number>;

  override open(context: RuntimeContext): void {
    this.seen = context.getState(new ValueStateDescriptor('seen', Types.LONG));
  }

  processElement(letter: string, _context: KeyedProcessContext<string>, out: Collector<string>): void {
    const seen = this.seen.value() ?? 0;
    this.seen.update(seen + 1);
    out.collect(`${letter} ${seen}`);
  }
}

export default function counter(env: StreamExecutionEnvironment): void {
  env
    .fromElements('a', 'b', 'c', 'a')
    .uid('letters')
    .keyBy((letter) => letter)
    .process(new CountBefore())
    .uid('count')
    .print();
}
