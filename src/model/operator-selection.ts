// Which operators of a snapshot are meant, and the names by which they are found.
import { UsageError } from '../support/errors.js';
import type { OperatorReport } from './snapshot-report.js';

/** So many names stand in an error; there may be thousands. */
const MOST_NAMED = 10;

/** Which operators are to be shown. */
export interface OperatorSelection {
  readonly top: number | undefined;
  /** A name, a uid or an id. */
  readonly operator: string | undefined;
}

/**
 * The chosen operators, the largest first; those of one size stay in their order. Throws a UsageError where no operator
 * is called as wanted.
 */
export function selectOperators(
  operators: readonly OperatorReport[],
  { top, operator: wanted }: OperatorSelection,
): readonly OperatorReport[] {
  const chosen = operators.filter((operator) => wanted === undefined || isNamed(operator, wanted));
  if (wanted !== undefined && chosen.length === 0) throw unknownOperator(operators, wanted);
  return chosen
    .sort((a, b) => (a.fullBytes === b.fullBytes ? 0 : a.fullBytes < b.fullBytes ? 1 : -1))
    .slice(0, top);
}

function unknownOperator(operators: readonly OperatorReport[], wanted: string): UsageError {
  const names = operators.map(({ name, uid, id }) => name ?? uid ?? id);
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  const named = `there are ${names.slice(0, MOST_NAMED).join(', ')}${more}`;
  const next = names.length === 0 ? 'the snapshot has no operators' : named;
  return new UsageError(`no operator has the name, uid or id ${wanted}`, { where: '--operator', next });
}

function isNamed(operator: OperatorReport, wanted: string): boolean {
  return operator.name === wanted || operator.uid === wanted || operator.id === wanted.toLowerCase();
}
