// A key as a user types it, as a value of the key's type.
import type { TypeSerializer } from '../format/state/serializer.js';
import { UsageError } from '../support/errors.js';

const INTEGERS: Readonly<Record<string, bigint>> = { byte: 8n, short: 16n, int: 32n, long: 64n };

/** Reads `text` as a key of `type`; throws a UsageError where it is none, or where keys of this type cannot be typed. */
export function parseKey(text: string, type: TypeSerializer<unknown>): unknown {
  const { typeName } = type;
  const bits = INTEGERS[typeName];
  if (bits !== undefined) {
    const value = /^[+-]?\d+$/.test(text) ? BigInt(text) : null;
    if (value === null || BigInt.asIntN(Number(bits), value) !== value) throw notOfType(text, typeName);
    return typeName === 'long' ? value : Number(value);
  }
  switch (typeName) {
    case 'string':
      return text;
    case 'char':
      if (text.length !== 1) throw notOfType(text, typeName);
      return text;
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw notOfType(text, typeName);
      return text === 'true';
    case 'double':
    case 'float': {
      const value = Number(text);
      if (text.trim() === '' || Number.isNaN(value)) throw notOfType(text, typeName);
      return typeName === 'float' ? Math.fround(value) : value;
    }
    default:
      throw new UsageError(`the keys are of type ${typeName}, which cannot be given as text`, {
        where: '--key',
        next: 'leave --key out and choose from all keys',
      });
  }
}

function notOfType(text: string, typeName: string): UsageError {
  return new UsageError(`${JSON.stringify(text)} is no key of type ${typeName}`, {
    where: '--key',
    next: `the keys of this state are of type ${typeName}`,
  });
}
