// What a `_metadata` tells of a snapshot and its operators, taken in one pass: no document is built.
import type { MetadataVisitor } from '../format/metadata/read.js';
import type { CheckpointProperties, MetadataHeader, OperatorHead, SubtaskState } from '../model/metadata.js';
import type { SnapshotReport } from '../model/snapshot-report.js';
import { BugError } from '../support/errors.js';
import { OperatorScan, type ToldByHandles } from './operator-report.js';

/** The part of a report that the `_metadata` alone decides. */
export type ToldByMetadata = Pick<
  SnapshotReport,
  'formatVersion' | 'dialect' | 'checkpointId' | 'properties' | 'masterStates' | 'fullBytes' | 'addedBytes'
> & { readonly operators: readonly ToldByHandles[] };

/** Visits a `_metadata`, then answers {@link told}. */
export class SnapshotScan implements MetadataVisitor {
  readonly #operators: ToldByHandles[] = [];
  #header: Omit<MetadataHeader, 'masterStates'> | null = null;
  #masterStates: SnapshotReport['masterStates'] = [];
  #properties: CheckpointProperties | null = null;
  #operator: OperatorScan | null = null;

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
    this.#operator = new OperatorScan(head);
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
