// What the two output streams can show. Colour only where the stream is a terminal that has it and nobody said no.
import { type Palette, PLAIN } from '../render/palette.js';
import { isSet } from './streams.js';

/** The colours of a stream; chalk is loaded only where there are any. */
export async function paletteFor(stream: 'stdout' | 'stderr'): Promise<Palette> {
  if (refusesColor() || !(process[stream].isTTY || process.env.FORCE_COLOR)) return PLAIN;
  const { colors } = await import('../render/colors.js');
  return colors();
}

function refusesColor(): boolean {
  const { NO_COLOR, TERM } = process.env;
  return (
    Boolean(NO_COLOR) || TERM === 'dumb' || isSet('CKPT_NO_COLOR') || process.argv.includes('--no-color')
  );
}

/** Columns of the terminal that the result goes to; elsewhere as many as `COLUMNS` says, else nothing is cut. */
export function outputWidth(): number {
  const { isTTY, columns } = process.stdout;
  return (isTTY && columns) || columnsWanted() || Number.POSITIVE_INFINITY;
}

function columnsWanted(): number {
  const { COLUMNS = '' } = process.env;
  return /^[1-9]\d{0,4}$/.test(COLUMNS) ? Number(COLUMNS) : 0;
}
