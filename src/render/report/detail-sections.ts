// Sections about states by name, and about what would make it all less.
import type { MeasuredCapacity } from '../../model/measured-capacity.js';
import { REMEDY_WORDS, savingText } from '../measured-remedies.js';
import { largestStates, stateCells } from '../measured-states.js';
import { formatBytes, plural } from '../units.js';
import type { ReportSection } from './report.js';

const MOST_STATES = 20;

/** Nothing where nobody asked. */
export function stateSection({ states: jobs }: MeasuredCapacity): readonly ReportSection[] {
  const states = largestStates(jobs ?? []);
  if (states.length === 0) return [];
  const shown = states.slice(0, MOST_STATES);
  const left = states.length - shown.length;
  return [
    {
      id: 'states',
      title: 'Size by state',
      lead: `Named states in the newest checkpoint of each job, as they lie in the store; the ratio is that of their bytes before compression.${left > 0 ? ` ${plural(left, 'state')} more are smaller.` : ''}`,
      plot: {
        kind: 'bars',
        title: `${plural(shown.length, 'state')}, the largest first`,
        bars: shown.map(({ name, bytes }) => ({ label: name, value: bytes ?? 0, text: formatBytes(bytes) })),
      },
      table: {
        caption: 'States',
        columns: [
          { title: 'state' },
          { title: 'operator' },
          { title: 'kind' },
          { title: 'stored', numeric: true },
          { title: 'raw', numeric: true },
          { title: 'ratio', numeric: true },
          { title: 'growth', numeric: true },
        ],
        rows: shown.map((state) => [state.name, ...stateCells(state)]),
      },
    },
  ];
}

/** What each would save here. */
export function remedySection({ remedies }: MeasuredCapacity): readonly ReportSection[] {
  if (remedies.length === 0) return [];
  return [
    {
      id: 'remedies',
      title: 'What would make it less',
      lead: 'Each by itself; savings do not add up.',
      plot: null,
      table: {
        caption: 'Remedies, the most bytes in the store first',
        columns: [
          { title: 'what' },
          { title: 'job' },
          { title: 'saves' },
          { title: 'how' },
          { title: 'on what the estimate stands' },
        ],
        rows: remedies.map((remedy) => [
          REMEDY_WORDS[remedy.kind],
          remedy.job ?? 'all',
          savingText(remedy),
          remedy.how,
          remedy.basis,
        ]),
      },
    },
  ];
}
