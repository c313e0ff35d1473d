// A value as the one JSON document that --json prints.

/**
 * Indented JSON with a line end. A bigint becomes an integer, past 2^53 a decimal string; undefined fields are left
 * out; the order of fields is the value's own.
 */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? exactNumber(part) : part), 2)}\n`;
}

/** An integer as JSON holds it exactly: a number, or a decimal string past 2^53. */
export function exactNumber(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}
