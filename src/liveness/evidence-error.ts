// Why a source of evidence tells nothing. Whatever it is, the source blocks: it was named because it matters.
import { CkptError, type ErrorDetails } from '../support/errors.js';

/**
 * `evidence-unreachable`: it could not be asked, or refused. `evidence-not-understood`: it answered with something that is
 * none of Flink's.
 */
export class EvidenceError extends CkptError {
  constructor(what: 'unreachable' | 'not-understood', message: string, details: ErrorDetails = {}) {
    super(`evidence-${what}`, message, details);
  }
}
