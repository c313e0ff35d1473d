// Card payments held against rules that change while the job runs: a payment above the limit of its country is told, and
// so is a card that pays a very small sum and soon after a large one. The rules are a broadcast stream, which every
// subtask knows; the small payment is forgotten by a timer when a minute of event time has gone by.
//
//   ckpt run example:fraud-rules --checkpoint-dir ./checkpoints --interval 1s --stop-after-checkpoints 5
import {
  type BroadcastContext,
  type Collector,
  generatorSource,
  KeyedBroadcastProcessFunction,
  type KeyedProcessContext,
  MapStateDescriptor,
  type OnTimerContext,
  type ReadOnlyBroadcastContext,
  type RuntimeContext,
  type StreamExecutionEnvironment,
  Types,
  type ValueState,
  ValueStateDescriptor,
  WatermarkStrategy,
} from 'ckpt';

const CARDS = 5_000;
const COUNTRIES = ['AT', 'CH', 'DE', 'FR', 'IT'];
const SMALL_CENTS = 100;
const LARGE_CENTS = 95_000;
const MINUTE_MS = 60_000;

interface Payment {
  readonly card: string;
  readonly country: string;
  readonly cents: number;
  readonly timeMs: number;
}

interface Limit {
  readonly country: string;
  readonly cents: number;
}

/** A whole number below `limit`, always the same for the same index. */
function chance(index: number, salt: number, limit: number): number {
  const mixed = Math.imul((index + 1) ^ Math.imul(salt, 0x85ebca6b), 0x9e3779b1) >>> 0;
  return Math.floor((mixed / 2 ** 32) * limit);
}

function payment(index: number): Payment {
  const cents = chance(index, 3, 50) === 0 ? chance(index, 4, SMALL_CENTS) : chance(index, 5, 100_000);
  const card = `card-${chance(index, 1, CARDS)}`;
  return { card, country: COUNTRIES[chance(index, 2, 5)]!, cents, timeMs: index * 10 };
}

function limit(index: number): Limit {
  return { country: COUNTRIES[index % 5]!, cents: 99_000 + chance(index, 6, 1_000) };
}

const LIMITS = new MapStateDescriptor('limits', Types.STRING, Types.LONG);

/** Rules have no event time, and hold up that of nobody. */
const WITHOUT_TIME = WatermarkStrategy.forGenerator<Limit>(() => ({
  onEvent: () => {},
  onPeriodicEmit: (output) => output.markIdle(),
}));

class FindFraud extends KeyedBroadcastProcessFunction<string, Payment, Limit, string> {
  private smallSince!: ValueState<number>;

  override open(context: RuntimeContext): void {
    this.smallSince = context.getState(new ValueStateDescriptor('small-since', Types.LONG));
  }

  processElement(
    { card, country, cents, timeMs }: Payment,
    context: KeyedProcessContext<string> & ReadOnlyBroadcastContext,
    out: Collector<string>,
  ): void {
    const limitCents = context.getBroadcastState(LIMITS).get(country);
    if (limitCents !== null && cents > limitCents)
      out.collect(`${card} pays ${cents} in ${country}, above ${limitCents}`);
    if (cents > LARGE_CENTS && this.smallSince.value() !== null)
      out.collect(`${card} pays ${cents} soon after very little`);
    if (cents >= SMALL_CENTS) return;
    this.smallSince.update(timeMs);
    context.timerService().registerEventTimeTimer(timeMs + MINUTE_MS);
  }

  processBroadcastElement({ country, cents }: Limit, context: BroadcastContext): void {
    context.getBroadcastState(LIMITS).put(country, cents);
  }

  override onTimer(timeMs: number, _context: OnTimerContext<string>): void {
    if ((this.smallSince.value() ?? 0) + MINUTE_MS <= timeMs) this.smallSince.clear();
  }
}

export default function fraudRules(env: StreamExecutionEnvironment): void {
  const limits = env
    .fromSource(generatorSource(limit, { recordsPerSecond: 1 }), 'Limits')
    .uid('limits')
    .setParallelism(1)
    .assignTimestampsAndWatermarks(WITHOUT_TIME)
    .uid('limits-without-time')
    .setParallelism(1)
    .broadcast(LIMITS);
  env
    .fromSource(generatorSource(payment, { recordsPerSecond: 20_000 }), 'Payments')
    .uid('payments')
    .assignTimestampsAndWatermarks(
      WatermarkStrategy.forMonotonousTimestamps<Payment>()
        .withTimestampAssigner(({ timeMs }) => timeMs)
        .withIdleness(5_000),
    )
    .uid('event-time')
    .keyBy(({ card }) => card)
    .connect(limits)
    .process(new FindFraud())
    .uid('find-fraud')
    .print();
}
