// The errors of a value that is not what its serializer is for.

/** `a long (a safe integer) is wanted, not 1.5`. */
export function wrongType(wanted: string, value: unknown): TypeError {
  return new TypeError(`expected ${wanted}, got ${describe(value)}`);
}

/** Thrown where a key group is asked of a type that has no stable hash code in Java. */
export function notAKey(typeName: string): never {
  throw new TypeError(`${typeName} cannot be a key: Java gives it no hash code by value`);
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'bigint') return `the bigint ${value}`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null)
    return `an object of class ${value.constructor?.name ?? 'null'}`;
  return String(value);
}
