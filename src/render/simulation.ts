// A model beside what was measured, as a table.
import { type Comparison, deviation, type Simulation } from '../model/simulation.js';
import type { Look } from './palette.js';
import { section } from './section.js';
import { layOut } from './table.js';
import { formatBytes, formatCount, plural } from './units.js';

const WORDS: Readonly<Record<Comparison['of'], string>> = {
  'full-size': 'full size',
  'written-per-checkpoint': 'written by a checkpoint',
  'steady-size': 'steady size of the store',
};

/** As text. */
export function renderSimulation(simulation: Simulation, look: Look): string {
  const { backend, keys, changesPerCheckpoint, retained, checkpoints, scale } = simulation;
  const run = `  ${backend}, ${plural(keys, 'key')}, ${formatCount(changesPerCheckpoint)} written between two checkpoints, ${retained} retained; means over ${checkpoints} checkpoints`;
  const smaller = scale > 1.01 ? [`  the state is ${scale.toFixed(1)} times smaller than the model's`] : [];
  const lines = section(
    'The model beside the bundled engine',
    [...comparisonLines(simulation.comparisons, look), run, ...smaller],
    look,
  );
  return lines.map((line) => `${line}\n`).join('');
}

/** A line for each figure. */
export function comparisonLines(comparisons: readonly Comparison[], look: Look): readonly string[] {
  const columns = [
    { title: '' },
    { title: 'MODEL', align: 'right' as const },
    { title: 'MEASURED', align: 'right' as const },
    { title: 'OFF BY', align: 'right' as const },
  ];
  const { head, rows } = layOut(columns, comparisons.map(cellsOf), look);
  return [head, ...rows];
}

function cellsOf(comparison: Comparison): readonly string[] {
  const percent = 100 * deviation(comparison);
  return [
    `  ${WORDS[comparison.of]}`,
    formatBytes(comparison.modelledBytes),
    formatBytes(comparison.measuredBytes),
    `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(1)} %`,
  ];
}

/** The field `simulation` of the document. */
export function simulationDocument({ comparisons, ...simulation }: Simulation): object {
  return {
    ...simulation,
    comparisons: comparisonDocuments(comparisons),
  };
}

export function comparisonDocuments(comparisons: readonly Comparison[]): readonly object[] {
  return comparisons.map((comparison) => ({
    of: comparison.of,
    modelledBytes: Math.round(comparison.modelledBytes),
    measuredBytes: Math.round(comparison.measuredBytes),
    deviation: deviation(comparison),
  }));
}
