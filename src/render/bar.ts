// Shares drawn with characters.
import type { Palette } from './palette.js';
import { shareOf } from './units.js';

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar whose length is the share of `part` in `whole`, to an eighth of a column; something is never drawn as nothing. */
export function shareBar(part: number | bigint, whole: number | bigint, width: number): string {
  const share = shareOf(part, whole);
  const eighths = share === 0 ? 0 : Math.max(1, Math.round(share * width * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}

/**
 * Two parts that fill `width` columns: `own` dark, `reused` light. Each part that is there gets a column at least;
 * blanks where neither is.
 */
export function splitBar(
  parts: { readonly own: number | bigint; readonly reused: number | bigint },
  width: number,
  palette: Palette,
): string {
  const whole = Number(parts.own) + Number(parts.reused);
  if (whole <= 0) return ' '.repeat(width);
  const least = parts.own > 0 ? 1 : 0;
  const most = parts.reused > 0 ? width - 1 : width;
  const own = Math.min(most, Math.max(least, Math.round((Number(parts.own) / whole) * width)));
  return palette.accent('█'.repeat(own)) + palette.faint('░'.repeat(width - own));
}

const STEPS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/**
 * A character for each value, its height from the lowest to the highest of them; where there are more than `width`, the
 * largest of each part in its place. Values that are all alike are drawn low.
 */
export function sparkline(values: readonly number[], width: number): string {
  const shown = Array.from({ length: Math.min(width, values.length) }, (_, column) => {
    const part = (at: number) => Math.floor((at * values.length) / Math.min(width, values.length));
    return values.slice(part(column), part(column + 1)).reduce((a, b) => Math.max(a, b));
  });
  const lowest = shown.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const highest = shown.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return shown
    .map((value) => STEPS[Math.round(((value - lowest) / (highest - lowest || 1)) * (STEPS.length - 1))])
    .join('');
}
