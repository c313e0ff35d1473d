// Turns of the host's event loop as an argument: whoever computes for long gives way to timers and I/O through it.

/** Runs actions in later turns, in the order given. */
export interface EventLoop {
  /** Calls `action` after timers and I/O that are due had their turn. */
  nextTurn(action: () => void): void;
}

/** The event loop of this process. */
export const systemEventLoop: EventLoop = { nextTurn: (action) => void setImmediate(action) };
