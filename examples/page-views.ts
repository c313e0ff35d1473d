// Endless page views, counted by user: 100,000 a second by 20,000 users, a few of them far more often than the others.
// Prints a line whenever a user reaches another 5,000 views. The views are made up from their numbers, so that a job
// restored from a checkpoint sees the ones that it would have seen.
//
//   ckpt run example:page-views --checkpoint-dir ./checkpoints --interval 1s --stop-after-checkpoints 5
import {
  type Collector,
  generatorSource,
  type KeyedProcessContext,
  KeyedProcessFunction,
  type RuntimeContext,
  type StreamExecutionEnvironment,
  Types,
  type ValueState,
  ValueStateDescriptor,
} from 'ckpt';

const USERS = 20_000;
const MILESTONE = 5_000;

interface PageView {
  readonly user: string;
  readonly page: string;
}

/** View number `index`: always the same one. */
function pageView(index: number): PageView {
  const chance = Math.imul(index + 1, 0x9e3779b1) >>> 0;
  const user = Math.floor((chance / 2 ** 32) ** 4 * USERS);
  return { user: `user-${user}`, page: `/page/${index % 97}` };
}

class CountViews extends KeyedProcessFunction<string, PageView, string> {
  private views!: ValueState<number>;

  override open(context: RuntimeContext): void {
    this.views = context.getState(new ValueStateDescriptor('views', Types.LONG));
  }

  processElement(view: PageView, _context: KeyedProcessContext<string>, out: Collector<string>): void {
    const views = (this.views.value() ?? 0) + 1;
    this.views.update(views);
    if (views % MILESTONE === 0) out.collect(`${view.user} has seen ${views} pages, ${view.page} just now`);
  }
}

export default function pageViews(env: StreamExecutionEnvironment): void {
  env
    .fromSource(generatorSource(pageView, { recordsPerSecond: 100_000 }), 'Page Views')
    .uid('page-views')
    .keyBy((view) => view.user)
    .process(new CountViews())
    .uid('views-by-user')
    .print();
}
