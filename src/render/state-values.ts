// `ckpt inspect --state`: values of a state as lines, and as typed JSON.
import type { StateRow, StateValues } from '../model/state-report.js';
import { visible } from './text.js';

/** `key = value` for each row; of an operator's list `subtask 0 = [a, b]`. */
export function renderStateValues({ rows, state }: StateValues): string {
  const isList = state.kind === 'operator-list' || state.kind === 'operator-union';
  return rows
    .map((row) => `${isList ? `subtask ${row.subtask}` : keyText(row)} = ${textOf(row.value)}\n`)
    .join('');
}

/** The document below its `schema` and `schemaVersion`. Java longs are decimal strings, maps lists of key and value. */
export function stateValuesDocument(path: string, { operator, state, rows }: StateValues) {
  return {
    path,
    operator,
    state,
    values: rows.map(({ subtask, key, namespace, value }) => ({
      subtask,
      key: jsonOf(key),
      namespace: jsonOf(namespace),
      value: jsonOf(value),
    })),
  };
}

function keyText({ key, namespace }: StateRow): string {
  return namespace === null ? textOf(key) : `${textOf(key)} @ ${textOf(namespace)}`;
}

function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex')}`;
  if (value instanceof Map) {
    return `{${[...value].map(([key, entry]) => `${textOf(key)}: ${textOf(entry)}`).join(', ')}}`;
  }
  if (value instanceof Set) return `{${[...value].map(textOf).join(', ')}}`;
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, part]) => `${key}: ${textOf(part)}`)
      .join(', ')}}`;
  }
  return visible(String(value));
}

function jsonOf(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (value instanceof Map)
    return [...value].map(([key, entry]) => ({ key: jsonOf(key), value: jsonOf(entry) }));
  if (value instanceof Set) return [...value].map(jsonOf);
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, jsonOf(part)]));
  }
  return value;
}
