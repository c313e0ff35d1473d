// The windows of one key that grow together, as sessions do. What is in a window stays where it was first put: each has a
// state window, the namespace of its contents, which survives when the window grows. Source: Flink MergingWindowSet.
import { tupleSerializer } from '../../../format/state/composite-serializers.js';
import type { TypeSerializer } from '../../../format/state/serializer.js';
import { type ListState, ListStateDescriptor } from '../../job/state.js';
import { type TimeWindow, timeWindowType } from '../../job/window.js';

/** A window and the namespace of its contents. */
export type WindowAndState = readonly [window: TimeWindow, stateWindow: TimeWindow];

export const mergingWindowsDescriptor = new ListStateDescriptor<WindowAndState>(
  'merging-window-set',
  tupleSerializer(timeWindowType, timeWindowType) as unknown as TypeSerializer<WindowAndState>,
);

/** Windows that became one. */
export interface Merge {
  readonly result: TimeWindow;
  /** Those that were there before and are no more. */
  readonly merged: readonly TimeWindow[];
  /** Where the contents are to be, and where the others were. */
  readonly stateWindow: TimeWindow;
  readonly mergedStateWindows: readonly TimeWindow[];
}

export class MergingWindowSet {
  readonly #state: ListState<WindowAndState>;
  #windows: readonly WindowAndState[];

  /** Of the current key. */
  constructor(state: ListState<WindowAndState>) {
    this.#state = state;
    this.#windows = state.get();
  }

  stateWindowOf(window: TimeWindow): TimeWindow | null {
    return this.#windows.find(([known]) => isSame(known, window))?.[1] ?? null;
  }

  /** Adds a window; returns the one that it is in now. `onMerge` is called where others became one with it. */
  add(added: TimeWindow, onMerge: (merge: Merge) => void): TimeWindow {
    const touching = this.#touching(added);
    const [first] = touching;
    if (first === undefined) {
      this.#windows = [...this.#windows, [added, added]];
      return added;
    }
    const result = touching.reduce((cover, [window]) => cover.cover(window), added);
    const [only, stateWindow] = first;
    const others = this.#windows.filter((each) => !touching.includes(each));
    this.#windows = [...others, [result, stateWindow]];
    if (touching.length === 1 && isSame(only, result)) return result;
    const merged = touching.map(([window]) => window);
    const mergedStateWindows = touching.slice(1).map(([, state]) => state);
    onMerge({ result, merged, stateWindow, mergedStateWindows });
    return result;
  }

  retire(window: TimeWindow): void {
    this.#windows = this.#windows.filter(([known]) => !isSame(known, window));
  }

  /** Keeps the windows for the current key. */
  persist(): void {
    this.#state.update(this.#windows);
  }

  /** Those that overlap or touch, also by way of each other, earliest first. */
  #touching(added: TimeWindow): readonly WindowAndState[] {
    let cover = added;
    const touching: WindowAndState[] = [];
    const sorted = [...this.#windows].sort(([a], [b]) => a.start - b.start);
    for (const each of sorted) {
      if (!each[0].intersects(cover)) continue;
      touching.push(each);
      cover = cover.cover(each[0]);
    }
    return touching;
  }
}

function isSame(a: TimeWindow, b: TimeWindow): boolean {
  return a.start === b.start && a.end === b.end;
}
