// The error of a key that is not of the type that keyBy was given.
import type { TypeSerializer } from '../../format/state/serializer.js';
import { messageOf, UsageError } from '../../support/errors.js';

/** `cause` is what the serializer threw at the key. */
export function wrongKey(
  operatorName: string,
  keyType: TypeSerializer<unknown>,
  cause: TypeError,
): UsageError {
  return new UsageError(`a key of operator ${operatorName} is no ${keyType.typeName}: ${messageOf(cause)}`, {
    where: operatorName,
    next: 'give keyBy the type of its keys, for example keyBy(selector, Types.LONG)',
    cause,
  });
}
