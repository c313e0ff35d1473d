// The kinds of options: what a text is read as, with Flink's spellings of durations and sizes.
// Source: Flink ConfigOption, TimeUtils, MemorySize.

/** A key with the type of its value. `parse` throws a plain Error that says what was expected. */
export interface ConfigOption<T> {
  readonly key: string;
  readonly deprecatedKeys: readonly string[];
  readonly defaultValue: T;
  readonly description: string;
  parse(text: string): T;
}

const DURATION_UNITS_MS: Readonly<Record<string, number>> = {
  '': 1,
  ...unit(1, 'ms', 'milli', 'millis', 'millisecond', 'milliseconds'),
  ...unit(1000, 's', 'sec', 'secs', 'second', 'seconds'),
  ...unit(60_000, 'm', 'min', 'minute', 'minutes'),
  ...unit(3_600_000, 'h', 'hour', 'hours'),
  ...unit(86_400_000, 'd', 'day', 'days'),
};

const MEMORY_UNITS_BYTES: Readonly<Record<string, number>> = {
  '': 1,
  ...unit(1, 'b', 'bytes'),
  ...unit(2 ** 10, 'k', 'kb', 'kib', 'kibibytes'),
  ...unit(2 ** 20, 'm', 'mb', 'mib', 'mebibytes'),
  ...unit(2 ** 30, 'g', 'gb', 'gib', 'gibibytes'),
};

/** `10 s`, `500ms`, `1 min`; a bare number is milliseconds, as in Flink. */
export function parseDurationMs(text: string): number {
  return scaled(text, DURATION_UNITS_MS, 'a duration such as 500ms, 10 s or 5 min');
}

/** `20 kb`, `1mb`; units are powers of 1024 and a bare number is bytes, as in Flink. */
export function parseMemoryBytes(text: string): number {
  return scaled(text, MEMORY_UNITS_BYTES, 'a size such as 512b, 20 kb or 1mb');
}

export function duration<D extends number | null>(
  key: string,
  defaultValue: D,
  description: string,
): ConfigOption<D | number> {
  return { key, deprecatedKeys: [], defaultValue, description, parse: parseDurationMs };
}

export function memory(key: string, defaultValue: number, limitBytes: number): ConfigOption<number> {
  const parse = (text: string) => {
    const bytes = parseMemoryBytes(text);
    if (bytes > limitBytes) throw new Error(`at most ${limitBytes} bytes`);
    return bytes;
  };
  return {
    key,
    deprecatedKeys: [],
    defaultValue,
    description: `size in bytes, at most ${limitBytes}`,
    parse,
  };
}

/** Any text, taken as it is. */
export function text(key: string, description: string): ConfigOption<string | null> {
  return { key, deprecatedKeys: [], defaultValue: null, description, parse: (value) => value };
}

export function boolean(key: string, defaultValue: boolean, description: string): ConfigOption<boolean> {
  const parse = (text: string) => {
    const lower = text.toLowerCase();
    if (lower !== 'true' && lower !== 'false') throw new Error('true or false');
    return lower === 'true';
  };
  return { key, deprecatedKeys: [], defaultValue, description, parse };
}

/** The first of `values` is the default. Case and the choice of `-` or `_` do not matter. */
export function oneOf<const V extends string>(
  key: string,
  values: readonly V[],
  description: string,
): ConfigOption<V> {
  const plain = (text: string) => text.toLowerCase().replaceAll('_', '-');
  const parse = (text: string) => {
    const value = values.find((candidate) => plain(candidate) === plain(text));
    if (value === undefined) throw new Error(`one of ${values.join(', ')}`);
    return value;
  };
  return { key, deprecatedKeys: [], defaultValue: values[0]!, description, parse };
}

export function integer(
  key: string,
  defaultValue: number,
  range: { from: number; to?: number },
): ConfigOption<number> {
  const limit = range.to ?? 2 ** 31 - 1;
  const expected = `a whole number from ${range.from} to ${limit}`;
  const parse = (text: string) => {
    const value = Number(text);
    if (text === '' || !Number.isInteger(value) || value < range.from || value > limit)
      throw new Error(expected);
    return value;
  };
  return { key, deprecatedKeys: [], defaultValue, description: expected, parse };
}

/** A number with or without a fraction. */
export function decimal(
  key: string,
  defaultValue: number,
  { from, to }: { readonly from: number; readonly to: number },
): ConfigOption<number> {
  const expected = `a number from ${from} to ${to}`;
  const parse = (text: string) => {
    const value = Number(text);
    if (text === '' || !(value >= from && value <= to)) throw new Error(expected);
    return value;
  };
  return { key, deprecatedKeys: [], defaultValue, description: expected, parse };
}

function unit(factor: number, ...names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, factor]));
}

function scaled(text: string, units: Readonly<Record<string, number>>, expected: string): number {
  const match = /^(\d+)\s*([a-z]*)$/.exec(text.trim().toLowerCase());
  const factor = match === null || !Object.hasOwn(units, match[2]!) ? undefined : units[match[2]!];
  const value = Number(match?.[1]) * (factor ?? Number.NaN);
  if (!Number.isSafeInteger(value)) throw new Error(expected);
  return value;
}
