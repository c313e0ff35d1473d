// `ckpt capacity --model` for people: one checkpoint, the store, the interval to choose, and the formulas by name.
import type { CapacityForecast, Formula, IntervalCost, JobModel, Quantity } from '../model/capacity.js';
import { assertNever } from '../support/errors.js';
import type { Look } from './palette.js';
import { labelled, section } from './section.js';
import { layOut } from './table.js';
import { formatBytes, formatShare, formatSpan, plural } from './units.js';

/** The forecast as text. */
export function renderCapacity(model: JobModel, forecast: CapacityForecast, look: Look): string {
  const lines = [
    heading(model),
    ...section('One checkpoint', checkpointLines(model, forecast, look), look),
    ...section('In the store', storeLines(model, forecast, look), look),
    ...section('The interval to choose', choiceLines(forecast, look), look),
    ...section(
      'Formulas',
      forecast.formulas.flatMap((formula) => formulaLines(formula, look)),
      look,
    ),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function heading({ operators, mode, intervalMs, retained, lifetimeMs }: JobModel): string {
  const count = operators.reduce((sum, operator) => sum + operator.count, 0);
  const kept = lifetimeMs === null ? `${retained} retained` : `kept for ${formatSpan(lifetimeMs)}`;
  return `modelled: ${plural(count, 'operator')}, ${mode} checkpoints every ${formatSpan(intervalMs)}, ${kept}`;
}

function checkpointLines(model: JobModel, { checkpoint, intervalMs }: CapacityForecast, look: Look) {
  const { bad, warning } = look.palette;
  const parts = [
    model.alignmentMs > 0 ? `align ${formatSpan(model.alignmentMs)}` : '',
    `save ${formatSpan(checkpoint.saveMs)}`,
    `acknowledge ${formatSpan(model.ackMs)}`,
  ].filter((part) => part !== '');
  const late = checkpoint.completes ? '' : bad(`  longer than its timeout of ${formatSpan(model.timeoutMs)}`);
  const slow =
    intervalMs > model.intervalMs ? warning(`  ${formatSpan(model.intervalMs)} cannot be kept up`) : '';
  return labelled(
    [
      ['state', formatBytes(checkpoint.stateBytes)],
      ['metadata', formatBytes(checkpoint.metadataBytes)],
      ['writes', formatBytes(checkpoint.uploadBytes)],
      ['takes', `${formatSpan(checkpoint.totalMs)} (${parts.join(', ')})${late}`],
      ['comes every', `${formatSpan(intervalMs)}${slow}`],
    ],
    look,
  );
}

function storeLines({ maxConcurrent }: JobModel, { store }: CapacityForecast, look: Look) {
  const live = Number(store.liveCheckpoints.toFixed(1));
  return labelled(
    [
      ['live checkpoints', String(live)],
      ['steady', formatBytes(store.steadyBytes)],
      ['peak', `${formatBytes(store.peakBytes)} (with ${maxConcurrent} under way)`],
      ['written a day', formatBytes(store.writtenBytesPerDay)],
    ],
    look,
  );
}

function choiceLines({ choice, now, chosen }: CapacityForecast, look: Look): readonly string[] {
  const columns = [
    { title: '' },
    { title: 'INTERVAL', align: 'right' as const },
    { title: 'OVERHEAD', align: 'right' as const },
    { title: 'REPLAY', align: 'right' as const },
    { title: 'DOWN', align: 'right' as const },
    { title: 'CAUGHT UP AFTER', align: 'right' as const },
  ];
  const { head, rows } = layOut(columns, [costCells('now', now), costCells('chosen', chosen)], look);
  const bounds = [
    `Young ${formatSpan(choice.youngMs)}`,
    `Daly ${formatSpan(choice.dalyMs)}`,
    `shortest that can be kept up ${formatSpan(choice.leastMs)}`,
    Number.isFinite(choice.longestMs) ? `longest that completes ${formatSpan(choice.longestMs)}` : '',
  ].filter((bound) => bound !== '');
  return [head, ...rows, `  ${look.palette.faint(bounds.join(', '))}`];
}

function costCells(label: string, cost: IntervalCost): readonly string[] {
  return [
    `  ${label}`,
    formatSpan(cost.intervalMs),
    formatShare(cost.overheadShare, 1),
    formatSpan(cost.replayMs),
    formatSpan(cost.downMs),
    formatSpan(cost.recoveryMs),
  ];
}

function formulaLines(
  { form, gives, fails, right, rightGives }: Formula,
  { palette }: Look,
): readonly string[] {
  return [
    `  ${palette.strong(form)}  gives ${formatQuantity(gives)}`,
    `    ${palette.faint(`fails: ${fails}`)}`,
    `    right: ${right}  gives ${palette.accent(formatQuantity(rightGives))}`,
  ];
}

function formatQuantity({ value, unit }: Quantity): string {
  switch (unit) {
    case 'bytes':
      return value < 0 ? `−${formatBytes(-value)}` : formatBytes(value);
    case 'bytes-per-day':
      return `${formatBytes(value)} a day`;
    case 'ms':
      return formatSpan(value);
    default:
      return assertNever(unit, 'unit');
  }
}
