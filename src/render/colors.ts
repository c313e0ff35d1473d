// The palette of a terminal. Loaded only where there is one.
import { Chalk, type ChalkInstance } from 'chalk';
import type { Palette } from './palette.js';

/** Sixteen colours, which every terminal has and each user has chosen. */
export function colors(): Palette {
  const chalk: ChalkInstance = new Chalk({ level: 1 });
  return {
    strong: chalk.bold,
    faint: chalk.dim,
    good: chalk.green,
    warning: chalk.yellow,
    bad: chalk.red,
    accent: chalk.cyan,
  };
}
