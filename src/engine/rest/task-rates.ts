// Rates of tasks over the last minute or so, from counts that are looked at whenever somebody asks: no timer runs for it.
// Source: Flink MeterView and TaskIOMetricGroup, whose rates are those of the last minute.
import type { TaskProgress } from '../../model/job-progress.js';

export interface TaskRates {
  readonly recordsInPerSecond: number;
  readonly recordsOutPerSecond: number;
  /** Of each second of late. */
  readonly busyMsPerSecond: number;
  readonly backPressuredMsPerSecond: number;
  readonly idleMsPerSecond: number;
}

const MINUTE_MS = 60_000;
/** Two looks closer together tell nothing new. */
const APART_MS = 1000;

interface Look {
  readonly atMs: number;
  readonly tasks: ReadonlyMap<string, TaskProgress>;
}

export class RateWindow {
  /** Oldest first. */
  #looks: readonly Look[] = [];
  #sinceMs = 0;
  readonly #windowMs: number;

  constructor(windowMs = MINUTE_MS) {
    this.#windowMs = windowMs;
  }

  /** `sinceMs` is when the counts began, at nothing. */
  measure(
    tasks: readonly TaskProgress[],
    { nowMs, sinceMs }: { readonly nowMs: number; readonly sinceMs: number },
  ): readonly (TaskProgress & TaskRates)[] {
    if (sinceMs !== this.#sinceMs) this.#looks = [];
    this.#sinceMs = sinceMs;
    const from = this.#looks.find(({ atMs }) => atMs >= nowMs - this.#windowMs && atMs <= nowMs - APART_MS);
    const seconds = (nowMs - (from?.atMs ?? sinceMs)) / 1000;
    const measured = tasks.map((task) => ({
      ...task,
      ...ratesOf(task, from?.tasks.get(nameOf(task)), seconds),
    }));
    this.#remember(tasks, nowMs);
    return measured;
  }

  #remember(tasks: readonly TaskProgress[], nowMs: number): void {
    const recent = this.#looks.filter(({ atMs }) => atMs >= nowMs - this.#windowMs);
    const isNew = nowMs - (recent.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) >= APART_MS;
    const look = { atMs: nowMs, tasks: new Map(tasks.map((task) => [nameOf(task), task])) };
    this.#looks = isNew ? [...recent, look] : recent;
  }
}

function nameOf({ vertexId, subtask }: TaskProgress): string {
  return `${vertexId}/${subtask}`;
}

function ratesOf(now: TaskProgress, before: TaskProgress | undefined, seconds: number): TaskRates {
  const rate = (of: 'recordsIn' | 'recordsOut' | 'busyMs' | 'backPressuredMs' | 'idleMs') =>
    seconds > 0 ? (now[of] - (before?.[of] ?? 0)) / seconds : 0;
  return {
    recordsInPerSecond: rate('recordsIn'),
    recordsOutPerSecond: rate('recordsOut'),
    busyMsPerSecond: rate('busyMs'),
    backPressuredMsPerSecond: rate('backPressuredMs'),
    idleMsPerSecond: rate('idleMs'),
  };
}
