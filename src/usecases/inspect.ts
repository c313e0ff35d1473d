// `ckpt inspect`: a snapshot, and what was asked of it. What only some questions need is loaded with them.
import type { Location } from '../model/location.js';
import type { Metadata } from '../model/metadata.js';
import { type OperatorSelection, selectOperators } from '../model/operator-selection.js';
import type { RestoreCheck } from '../model/restore-check.js';
import type { SnapshotReport } from '../model/snapshot-report.js';
import type { OperatorStates, StateValues } from '../model/state-report.js';
import { UsageError } from '../support/errors.js';
import { inspectSnapshot, type SurveyOptions } from './inspect-snapshot.js';

/** What is to be known of a snapshot. */
export type InspectQuestion = ReportQuestion | ValuesQuestion | RestoreCheckQuestion;

export interface ReportQuestion extends OperatorSelection {
  readonly kind: 'report';
  /** Uids for operators that have none in the `_metadata`. */
  readonly uids: readonly string[];
  /** Whether the state files are looked into. */
  readonly withStates: boolean;
}

export interface ValuesQuestion {
  readonly kind: 'values';
  readonly state: string;
  /** Uids of the operator that is meant: there must be one, or the error tells which there are. */
  readonly uids: readonly string[];
  /** As typed; undefined for all keys. */
  readonly key: string | undefined;
}

export interface RestoreCheckQuestion {
  readonly kind: 'restore-check';
  readonly uidsFile: Location;
  readonly maxParallelism: number | undefined;
}

/** What is to be shown. */
export type InspectAnswer =
  | {
      readonly kind: 'report';
      readonly report: SnapshotReport;
      /** Of the operators chosen; null where the state files were not looked into. */
      readonly states: readonly OperatorStates[] | null;
      /** Uids that no operator has. */
      readonly unusedUids: readonly string[];
      /** Reads the `_metadata` again, whole. */
      readonly document: () => Promise<Metadata>;
    }
  | { readonly kind: 'values'; readonly path: string; readonly values: StateValues }
  | { readonly kind: 'restore-check'; readonly path: string; readonly check: RestoreCheck };

/** Throws as `inspectSnapshot` does, and what the question's own use case throws. */
export async function inspect(
  location: Location,
  question: InspectQuestion,
  options: SurveyOptions,
): Promise<InspectAnswer> {
  const inspection = await inspectSnapshot(location, options);
  const { path } = inspection.report;
  switch (question.kind) {
    case 'report':
      return reportOf(inspection, question, options);
    case 'values': {
      const { valuesOf } = await import('./read-state.js');
      const { state: name, key } = question;
      const values = await valuesOf(inspection, { operator: theUid(question.uids), name, key }, options);
      return { kind: 'values', path, values };
    }
    case 'restore-check': {
      const { checkRestoreOf } = await import('./check-restore.js');
      const check = await checkRestoreOf(inspection.report, question, options.openReader);
      return { kind: 'restore-check', path, check };
    }
  }
}

async function reportOf(
  inspection: Awaited<ReturnType<typeof inspectSnapshot>>,
  question: ReportQuestion,
  options: SurveyOptions,
): Promise<InspectAnswer> {
  const { nameByUid } = await import('./name-operators.js');
  const { report, unused } = nameByUid(inspection.report, question.uids);
  const chosen = selectOperators(report.operators, question);
  const states = question.withStates
    ? await (await import('./read-state.js')).statesOf({ ...inspection, report }, chosen, options)
    : null;
  return { kind: 'report', report, states, unusedUids: unused, document: inspection.document };
}

function theUid(uids: readonly string[]): string | undefined {
  const [uid, ...more] = uids;
  if (more.length === 0) return uid;
  throw new UsageError('--state is of one operator', { where: '--uid', next: 'give exactly one --uid' });
}
