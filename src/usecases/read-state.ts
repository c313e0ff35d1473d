// What is inside the state of an inspected snapshot: the states of its operators, and the values of one.
import type { Metadata, OperatorState } from '../model/metadata.js';
import { operatorIdOfUid } from '../model/operator-id.js';
import type { OperatorReport } from '../model/snapshot-report.js';
import type { OperatorStates, StateValues } from '../model/state-report.js';
import { BugError, UsageError } from '../support/errors.js';
import { describeStates } from '../survey/describe-states.js';
import { readState, stateNamesOf, type WantedState } from '../survey/read-state.js';
import { Readers } from '../survey/readers.js';
import type { StreamSource } from '../survey/state-streams.js';
import type { SurveyOptions } from '../survey/take-survey.js';
import type { Inspection } from './inspect-snapshot.js';

const DEFAULT_CONCURRENCY = 16;

/** The states of these operators, in their order. Reads their state files; what cannot be read is a remark. */
export async function statesOf(
  inspection: Inspection,
  operators: readonly OperatorReport[],
  options: SurveyOptions,
): Promise<readonly OperatorStates[]> {
  const metadata = await inspection.document();
  const source = sourceOf(inspection, options);
  const described: OperatorStates[] = [];
  for (const { id } of operators) {
    described.push(
      await describeStates(operatorOf(metadata, id), source, options.concurrency ?? DEFAULT_CONCURRENCY),
    );
  }
  return described;
}

/** Which state of which operator is wanted. */
export interface StateQuestion extends WantedState {
  /** A uid, an id or a name; undefined where it was not said. */
  readonly operator: string | undefined;
}

/** Throws a UsageError that lists what there is where operator or state are not known, or values cannot be read. */
export async function valuesOf(
  inspection: Inspection,
  { operator: wanted, ...state }: StateQuestion,
  options: SurveyOptions,
): Promise<StateValues> {
  const { operators } = inspection.report;
  if (wanted === undefined) throw await operatorNotSaid(inspection, state.name, options);
  const id = operatorIdOfUid(wanted);
  const found =
    operators.find((operator) => operator.uid === wanted || operator.id === id) ??
    operators.find((operator) => operator.name === wanted || operator.id === wanted.toLowerCase());
  if (found === undefined) throw noSuchOperator(operators, wanted);
  const metadata = await inspection.document();
  const values = await readState(operatorOf(metadata, found.id), state, sourceOf(inspection, options));
  const uid = found.uid ?? (found.id === id ? wanted : null);
  return { operator: { id: found.id, name: found.name, uid }, ...values };
}

/** The error that tells whose state it may be. */
async function operatorNotSaid(
  inspection: Inspection,
  state: string,
  options: SurveyOptions,
): Promise<UsageError> {
  const [metadata, source] = [await inspection.document(), sourceOf(inspection, options)];
  const having: string[] = [];
  let unknown = 0;
  for (const operator of metadata.operators) {
    const names = await stateNamesOf(operator, source);
    if (names === null) unknown++;
    else if (names.includes(state)) having.push(operator.uid ?? operator.name ?? operator.id);
  }
  const whose = unknown === 1 ? 'of one operator' : `of ${unknown} operators`;
  const unread = unknown === 0 ? '' : ` (the names ${whose} could not be read)`;
  const next =
    having.length === 0
      ? `none is known to have it${unread}: ckpt inspect --states lists what there is`
      : `add --uid with one of those that have it: ${having.sort().join(', ')}${unread}`;
  return new UsageError(`--state ${state} is of one operator, and it was not said which`, {
    where: '--uid',
    next,
  });
}

function sourceOf({ snapshot }: Inspection, { openReader, rewrites = [] }: SurveyOptions): StreamSource {
  return { readers: new Readers(openReader), directory: snapshot.place.directory, rewrites };
}

function operatorOf({ operators }: Metadata, id: string): OperatorState {
  const operator = operators.find((candidate) => candidate.id === id);
  if (operator === undefined) throw new BugError(`operator ${id} was scanned and is not in the document`);
  return operator;
}

function noSuchOperator(operators: readonly OperatorReport[], wanted: string): UsageError {
  const names = operators.map(({ uid, name, id }) => uid ?? name ?? id);
  return new UsageError(`no operator has the uid ${wanted}`, {
    where: '--uid',
    next: names.length === 0 ? 'the snapshot has no operators' : `there are ${names.sort().join(', ')}`,
  });
}
