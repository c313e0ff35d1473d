// The live view of a running job, on stderr and only where that is a terminal.
import type { JobView } from '../model/job-progress.js';
import type { Session } from './session.js';

export interface LiveView {
  /** From now on shows the job, some times a second. */
  start(look: () => JobView): void;
  /** Writes something else, above the view. */
  aside(write: () => void): void;
  /** Leaves it as it is. */
  end(): void;
}

const REDRAW_MS = 500;

const NO_VIEW: LiveView = { start: () => {}, aside: (write) => write(), end: () => {} };

/** One that shows nothing where it is not wanted, or cannot be shown. */
export async function openLiveView(
  { clock }: Pick<Session, 'clock'>,
  { live, quiet }: { readonly live: boolean; readonly quiet: boolean },
): Promise<LiveView> {
  if (!live || quiet || !process.stderr.isTTY) return NO_VIEW;
  const [{ LiveScreen }, { renderLive }, { paletteFor }] = await Promise.all([
    import('./live-screen.js'),
    import('../render/live.js'),
    import('./terminal.js'),
  ]);
  const palette = await paletteFor('stderr');
  const screen = new LiveScreen(process.stderr);
  let draw = () => {};
  let cancel = () => {};
  const redraw = () => {
    draw();
    cancel = clock.schedule(REDRAW_MS, redraw);
  };
  return {
    start: (look) => {
      draw = () => screen.show(renderLive(look(), { palette, width: process.stderr.columns }));
      redraw();
    },
    aside: (write) => screen.aside(write),
    end: () => {
      cancel();
      draw();
      draw = () => {};
      screen.end();
    },
  };
}
