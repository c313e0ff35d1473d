// `ckpt check` for people, and as a Markdown table for the summary of a CI job.
import type { BudgetCheck, BudgetResult, BudgetVerdict } from '../model/budget.js';
import { shareBar } from './bar.js';
import { beyondText, budgetSubject, formatFigure } from './budget-words.js';
import { describeRoot } from './condition.js';
import type { Look, Palette } from './palette.js';
import { type Column, layOut } from './table.js';
import { visible } from './text.js';
import { plural } from './units.js';

const BAR_WIDTH = 10;

const COLUMNS: readonly Column[] = [
  { title: 'BUDGET' },
  { title: 'VERDICT' },
  { title: 'FIGURE', align: 'right' },
  { title: 'LIMIT', align: 'right' },
  { title: 'USED', drops: 2 },
  { title: 'BEYOND', align: 'right' },
  { title: 'BASELINE', align: 'right', drops: 3 },
  { title: '', drops: 1 },
];

/** A line for each budget, and what it comes to. */
export function renderCheck({ capacity, results }: BudgetCheck, look: Look): string {
  const { head, rows } = layOut(
    COLUMNS,
    results.map((result) => cellsOf(result, look.palette)),
    look,
  );
  const roots = capacity.roots.map(
    ({ path, takenFor }) => `${visible(path)}  ${look.palette.faint(describeRoot(takenFor))}`,
  );
  return [...roots, '', head, ...rows, '', summary(results)].map((line) => `${line}\n`).join('');
}

/** The same as Markdown. */
export function markdownCheck({ results }: BudgetCheck): string {
  const rows = results.map(
    (result) =>
      `| ${VERDICT_SIGNS[result.verdict]} ${result.verdict} | \`${result.name}\` | ${formatFigure(result, result.actual)} | ${formatFigure(result, result.limit)} | ${beyondText(result)} |`,
  );
  const head = ['| | budget | figure | limit | beyond |', '| --- | --- | ---: | ---: | ---: |'];
  return `${['### ckpt check', '', summary(results), '', ...head, ...rows].join('\n')}\n`;
}

/** `2 of 5 budgets are exceeded`. */
function summary(results: readonly BudgetResult[]): string {
  const count = (verdict: BudgetVerdict) => results.filter((result) => result.verdict === verdict).length;
  const [exceeded, unknown, tolerated] = [count('exceeded'), count('unknown'), count('tolerated')];
  const parts = [
    exceeded > 0 ? `${exceeded} of ${plural(results.length, 'budget')} exceeded` : 'no budget is exceeded',
    tolerated > 0 ? `${tolerated} no worse than the baseline` : '',
    unknown > 0 ? `${unknown} without enough history` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

const VERDICT_SIGNS: Readonly<Record<BudgetVerdict, string>> = {
  kept: '✓',
  exceeded: '✗',
  tolerated: '~',
  unknown: '?',
};

function cellsOf(result: BudgetResult, palette: Palette) {
  const { name, actual, limit, bound, verdict, baseline } = result;
  const used = bound === 'most' ? [actual, limit] : [limit, actual];
  const paint = paintOf(verdict, palette);
  return [
    name,
    { text: `${VERDICT_SIGNS[verdict]} ${verdict}`, paint },
    formatFigure(result, actual),
    formatFigure(result, limit),
    { text: shareBar(Math.min(used[0] ?? 0, used[1] ?? 0), used[1] ?? 0, BAR_WIDTH), paint },
    { text: beyondText(result), paint: palette.bad },
    baseline === null ? '' : formatFigure(result, baseline),
    { text: budgetSubject(result), paint: palette.faint },
  ];
}

function paintOf(verdict: BudgetVerdict, palette: Palette): (text: string) => string {
  if (verdict === 'kept') return palette.good;
  return verdict === 'exceeded' ? palette.bad : palette.warning;
}
