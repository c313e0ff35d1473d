// The job of engine.mjs: counts by key. The same as KeyedCountCommand of test/peers/flink.
import { KeyedProcessFunction, Types, ValueStateDescriptor } from 'ckpt';

class Count extends KeyedProcessFunction {
  open(context) {
    this.count = context.getState(new ValueStateDescriptor('count', Types.LONG));
  }

  processElement(_key, _context, out) {
    const now = (this.count.value() ?? 0) + 1;
    this.count.update(now);
    out.collect(now);
  }
}

export default function keyedCount(env, [records, keys]) {
  env
    .fromSequence(0, Number(records) - 1)
    .map((number) => `k${number % Number(keys)}`)
    .keyBy((key) => key)
    .process(new Count())
    .discard();
}
