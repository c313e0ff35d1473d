// What a `_metadata` tells of a snapshot and its operators, taken in one pass: no document is built.
import type { MetadataVisitor } from '../format/metadata/read.js';
import type { CheckpointProperties, MetadataHeader, OperatorHead, SubtaskState } from '../model/metadata.js';
import type { Rewrite } from '../model/rewrite.js';
import type { OperatorReport, SnapshotReport } from '../model/snapshot-report.js';
import type { SnapshotPlace } from '../model/survey.js';
import { BugError } from '../support/errors.js';
import { OperatorScan } from './operator-report.js';

/** The part of a report that the `_metadata` alone decides. */
export type ToldByMetadata = Pick<
  SnapshotReport,
  | 'formatVersion'
  | 'dialect'
  | 'checkpointId'
  | 'properties'
  | 'masterStates'
  | 'operators'
  | 'fullBytes'
  | 'addedBytes'
>;

/** Visits the `_metadata` of the snapshot at `place`, then answers {@link told}. */
export class SnapshotScan implements MetadataVisitor {
  readonly #place: SnapshotPlace;
  readonly #rewrites: readonly Rewrite[];
  readonly #operators: OperatorReport[] = [];
  #header: Omit<MetadataHeader, 'masterStates'> | null = null;
  #masterStates: SnapshotReport['masterStates'] = [];
  #properties: CheckpointProperties | null = null;
  #operator: OperatorScan | null = null;

  constructor(place: SnapshotPlace, rewrites: readonly Rewrite[]) {
    this.#place = place;
    this.#rewrites = rewrites;
  }

  header({ formatVersion, dialect, checkpointId, masterStates }: MetadataHeader): void {
    this.#header = { formatVersion, dialect, checkpointId };
    this.#masterStates = masterStates.map(({ name, version, payload }) => ({
      name,
      version,
      bytes: payload.length,
    }));
  }

  operator(head: OperatorHead): void {
    this.#endOperator();
    this.#operator = new OperatorScan(head, this.#place, this.#rewrites);
  }

  subtask(subtask: SubtaskState): void {
    this.#operator?.subtask(subtask);
  }

  end(properties: CheckpointProperties | null): void {
    this.#endOperator();
    this.#properties = properties;
  }

  told(): ToldByMetadata {
    if (this.#header === null) throw new BugError('a report was asked for before the metadata was read');
    const sum = (part: 'fullBytes' | 'addedBytes') =>
      BigInt.asIntN(
        64,
        this.#operators.reduce((total, operator) => total + operator[part], 0n),
      );
    return {
      ...this.#header,
      masterStates: this.#masterStates,
      properties: this.#properties,
      operators: this.#operators,
      fullBytes: sum('fullBytes'),
      addedBytes: sum('addedBytes'),
    };
  }

  #endOperator(): void {
    if (this.#operator !== null) this.#operators.push(this.#operator.report());
    this.#operator = null;
  }
}
