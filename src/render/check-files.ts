// What CI systems and Prometheus read of `ckpt check`: JUnit's XML, workflow commands of GitHub Actions, and the text
// format of the textfile collector.
import type { BudgetCheck, BudgetResult } from '../model/budget.js';
import type { MeasuredCapacity } from '../model/measured-capacity.js';
import { budgetSentence } from './budget-words.js';

/** A test case for each budget; what cannot be told is skipped. */
export function junitReport({ results }: BudgetCheck): string {
  const count = (verdict: BudgetResult['verdict']) =>
    results.filter((result) => result.verdict === verdict).length;
  const numbers = `tests="${results.length}" failures="${count('exceeded')}" skipped="${count('unknown')}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="ckpt check" ${numbers}>`,
    `  <testsuite name="budgets" ${numbers} errors="0">`,
    ...results.map(testCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(result: BudgetResult): string {
  const head = `    <testcase classname="ckpt.check" name="${result.name}"`;
  const message = xml(budgetSentence(result));
  switch (result.verdict) {
    case 'exceeded':
      return `${head}><failure message="${message}"/></testcase>`;
    case 'unknown':
      return `${head}><skipped message="${message}"/></testcase>`;
    default:
      return `${head}><system-out>${message}</system-out></testcase>`;
  }
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function xml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
}

/** An annotation for each budget that is not kept, with line ends. */
export function githubAnnotations({ results }: BudgetCheck): readonly string[] {
  return results
    .filter(({ verdict }) => verdict !== 'kept')
    .map((result) => {
      const level = result.verdict === 'exceeded' ? 'error' : 'warning';
      const message = budgetSentence(result).replaceAll('%', '%25');
      return `::${level} title=ckpt ${result.name}::${message}\n`;
    });
}

type Sample = readonly [labels: string, value: number];

const GAUGES: readonly (readonly [string, string, (check: BudgetCheck) => readonly Sample[]])[] = [
  ['ckpt_stored_bytes', 'All that is stored.', ({ capacity }) => [['', capacity.stored.total.bytes]]],
  ['ckpt_stored_files', 'All files.', ({ capacity }) => [['', capacity.stored.total.files]]],
  ['ckpt_portion_bytes', 'Bytes by what they are for.', ({ capacity }) => portions(capacity)],
  ['ckpt_snapshots', 'Snapshots by condition.', ({ capacity }) => conditions(capacity)],
  [
    'ckpt_growth_bytes_per_second',
    'Growth of the store.',
    ({ capacity: { growth } }) => (growth === null ? [] : [['', growth.bytesPerMs * 1000]]),
  ],
  [
    'ckpt_newest_restorable_timestamp_seconds',
    'When the newest snapshot of a job was taken that restores.',
    ({ capacity }) =>
      capacity.jobs.flatMap(({ job, history: { newestRestorableMs } }): Sample[] =>
        job === null || newestRestorableMs === null ? [] : [[`{job="${job}"}`, newestRestorableMs / 1000]],
      ),
  ],
  [
    'ckpt_budget_exceeded',
    'Whether a budget is exceeded.',
    ({ results }) =>
      results.map(({ name, verdict }): Sample => [`{budget="${name}"}`, Number(verdict === 'exceeded')]),
  ],
  [
    'ckpt_budget_limit',
    'The limit of a budget, in the unit of its name.',
    ({ results }) => results.map(({ name, limit }): Sample => [`{budget="${name}"}`, limit]),
  ],
  [
    'ckpt_check_timestamp_seconds',
    'When the store was looked at.',
    ({ capacity }) => [['', capacity.nowMs / 1000]],
  ],
];

/** Gauges; one without a value is left out. */
export function prometheusMetrics(check: BudgetCheck): string {
  return GAUGES.flatMap(([name, help, samplesOf]) => {
    const samples = samplesOf(check).map(([labels, value]) => `${name}${labels} ${value}\n`);
    return samples.length === 0 ? [] : [`# HELP ${name} ${help}\n# TYPE ${name} gauge\n`, ...samples];
  }).join('');
}

function portions({ stored }: MeasuredCapacity): readonly Sample[] {
  return Object.entries(stored.portions).map(([name, bytes]) => [`{portion="${name}"}`, bytes]);
}

function conditions({ jobs }: MeasuredCapacity): readonly Sample[] {
  return (['complete', 'incomplete', 'broken', 'unreadable'] as const).map((condition) => [
    `{condition="${condition}"}`,
    jobs.reduce((sum, { snapshots }) => sum + snapshots[condition], 0),
  ]);
}
