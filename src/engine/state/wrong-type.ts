// The errors of keys and values that are not of the type that they were declared with.
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

/** `cause` is what the serializer of a state threw at a value. */
export function wrongValue(operatorName: string, cause: TypeError): UsageError {
  return new UsageError(
    `operator ${operatorName} has a value that is not of its state's type: ${messageOf(cause)}`,
    {
      where: operatorName,
      next: 'correct the value, or declare the state with the type that it has',
      cause,
    },
  );
}
