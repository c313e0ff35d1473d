// Why a cluster did not do what it was asked to do.
import { CkptError, type ErrorDetails } from '../support/errors.js';

/**
 * `cluster-unreachable`: it could not be asked. `cluster-not-understood`: what answers is none of Flink's. `cluster-refused`: it
 * would not, and nothing was changed. `operation-failed`: it tried, and could not.
 */
export type ClusterErrorCode =
  | 'cluster-unreachable'
  | 'cluster-not-understood'
  | 'cluster-refused'
  | 'operation-failed';

export class ClusterError extends CkptError {
  constructor(code: ClusterErrorCode, message: string, details: ErrorDetails = {}) {
    super(code, message, details);
  }
}
