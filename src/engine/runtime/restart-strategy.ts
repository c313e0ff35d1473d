// Whether and when a job that failed starts again: what has happened so far goes in, the next pause comes out.
// Source: Flink FixedDelayRestartBackoffTimeStrategy, ExponentialDelayRestartBackoffTimeStrategy,
// FailureRateRestartBackoffTimeStrategy.
import { assertNever } from '../../support/errors.js';
import type { Random } from '../../support/random.js';
import { type Configuration, options as keys } from '../configuration.js';

/** Of one job; it remembers its failures. */
export interface RestartStrategy {
  /** Notes a failure; returns the pause before the next attempt in ms, null where there is none. */
  afterFailure(nowMs: number): number | null;
}

/** Restarts where checkpoints are taken and no strategy is configured. (Flink restarts without end then.) */
const DEFAULT_RESTARTS = 3;

/** The strategy that is configured; where none is, a few restarts of jobs that take checkpoints. */
export function restartStrategyOf(
  configuration: Configuration,
  { takesCheckpoints, random }: { readonly takesCheckpoints: boolean; readonly random: Random },
): RestartStrategy {
  const isSet = configuration.has(keys.restartStrategy);
  const type = isSet || takesCheckpoints ? configuration.get(keys.restartStrategy) : 'none';
  switch (type) {
    case 'none':
      return { afterFailure: () => null };
    case 'fixed-delay': {
      const isDefault = !isSet && !configuration.has(keys.restartAttempts);
      const attempts = isDefault ? DEFAULT_RESTARTS : configuration.get(keys.restartAttempts);
      return fixedDelay(attempts, configuration.get(keys.restartDelay));
    }
    case 'exponential-delay':
      return new ExponentialDelay(configuration, random);
    case 'failure-rate':
      return failureRate(configuration);
    default:
      return assertNever(type, 'restart strategy');
  }
}

function fixedDelay(attempts: number, delayMs: number): RestartStrategy {
  let failures = 0;
  return { afterFailure: () => (++failures <= attempts ? delayMs : null) };
}

/** Gives up when more failures than are allowed lie in one interval. */
function failureRate(configuration: Configuration): RestartStrategy {
  const most = configuration.get(keys.maxFailuresPerInterval);
  const intervalMs = configuration.get(keys.failureRateInterval);
  let failuresMs: number[] = [];
  return {
    afterFailure(nowMs) {
      failuresMs = [...failuresMs, nowMs].filter((timeMs) => nowMs - timeMs <= intervalMs);
      return failuresMs.length > most ? null : configuration.get(keys.failureRateDelay);
    },
  };
}

/** The pause grows with every failure, and begins anew when the job has run for long enough. */
class ExponentialDelay implements RestartStrategy {
  readonly #configuration: Configuration;
  readonly #random: Random;
  #backoffMs = 0;
  #attempts = 0;
  #resetsAtMs = Number.NEGATIVE_INFINITY;

  constructor(configuration: Configuration, random: Random) {
    this.#configuration = configuration;
    this.#random = random;
  }

  afterFailure(nowMs: number): number | null {
    const configuration = this.#configuration;
    const mostMs = configuration.get(keys.maxBackoff);
    const isReset = nowMs >= this.#resetsAtMs;
    const grownMs = this.#backoffMs * configuration.get(keys.backoffMultiplier);
    this.#backoffMs = Math.min(mostMs, isReset ? configuration.get(keys.initialBackoff) : grownMs);
    this.#attempts = isReset ? 1 : this.#attempts + 1;
    this.#resetsAtMs = nowMs + this.#backoffMs + configuration.get(keys.resetBackoffThreshold);
    if (this.#attempts > configuration.get(keys.attemptsBeforeReset)) return null;
    const jitterMs = this.#backoffMs * configuration.get(keys.jitterFactor) * (2 * this.#random.next() - 1);
    return Math.round(Math.min(mostMs, Math.max(0, this.#backoffMs + jitterMs)));
  }
}
