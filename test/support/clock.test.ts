import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/support/clock.js';

const DAY_MS = 86_400_000;

describe("the machine's clock", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([[30 * DAY_MS], [1000 * DAY_MS], [2 ** 31 - 1], [2 ** 31], [5]])('waits %i ms', (delayMs) => {
    const action = vi.fn();
    systemClock.schedule(delayMs, action);
    vi.advanceTimersByTime(delayMs - 1);
    expect(action).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(action).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([[0], [29 * DAY_MS]])('forgets a long wait that is cancelled after %i ms', (afterMs) => {
    const action = vi.fn();
    const cancel = systemClock.schedule(30 * DAY_MS, action);
    vi.advanceTimersByTime(afterMs);
    cancel();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(60 * DAY_MS);
    expect(action).not.toHaveBeenCalled();
  });
});
