// When does the next checkpoint start? A function of what has happened so far. Source: Flink CheckpointRequestDecider.

export interface TriggerRules {
  /** Null: only on demand. */
  readonly intervalMs: number | null;
  readonly minPauseMs: number;
  readonly maxConcurrent: number;
}

export interface TriggerHistory {
  readonly pending: number;
  /** Checkpoints asked for from outside that have not started. */
  readonly requests: number;
  /** When periodic triggering began, or last took place. */
  readonly lastPeriodicMs: number;
  /** When the last checkpoint became complete; null before. One that failed is followed by no pause. */
  readonly lastCompletionMs: number | null;
}

export type TriggerDecision =
  | { readonly kind: 'now'; readonly periodic: boolean }
  | { readonly kind: 'at'; readonly timeMs: number }
  /** When a pending one ends, or on demand. */
  | { readonly kind: 'later' };

/** A request goes first and does not mind the interval or the pause; nothing goes past the number of concurrent ones. */
export function decideTrigger(rules: TriggerRules, history: TriggerHistory, nowMs: number): TriggerDecision {
  if (history.pending >= rules.maxConcurrent) return { kind: 'later' };
  if (history.requests > 0) return { kind: 'now', periodic: false };
  if (rules.intervalMs === null) return { kind: 'later' };
  const afterPause = history.lastCompletionMs === null ? nowMs : history.lastCompletionMs + rules.minPauseMs;
  const timeMs = Math.max(history.lastPeriodicMs + rules.intervalMs, afterPause);
  return timeMs <= nowMs ? { kind: 'now', periodic: true } : { kind: 'at', timeMs };
}
