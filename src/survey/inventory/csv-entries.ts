// Data files of an S3 Inventory as CSV: no head line, keys URL-encoded, the fields in the order of the manifest's schema.
import { formatLocation, type Location } from '../../model/location.js';
import type { FileStatus } from '../../storage/storage.js';
import { UsageError } from '../../support/errors.js';
import { damaged, linesOf, type StoredText } from './lines.js';

/** Reads data files with the fields of `schema`, which the manifest at `location` tells. */
export function csvEntries(location: Location, schema: string) {
  const columns = columnsOf(location, schema);
  return async function* (text: StoredText): AsyncGenerator<readonly FileStatus[]> {
    for await (const lines of linesOf(text)) yield entriesIn(lines, columns, text.location);
  };
}

/** Positions of the fields that are used; -1 where there is none. */
interface Columns {
  readonly count: number;
  readonly key: number;
  readonly size: number;
  readonly modified: number;
  readonly isLatest: number;
  readonly isDeleteMarker: number;
  readonly etag: number;
}

function columnsOf(location: Location, schema: string): Columns {
  const names = schema.split(',').map((name) => name.trim());
  const columns = {
    count: names.length,
    key: names.indexOf('Key'),
    size: names.indexOf('Size'),
    modified: names.indexOf('LastModifiedDate'),
    isLatest: names.indexOf('IsLatest'),
    isDeleteMarker: names.indexOf('IsDeleteMarker'),
    etag: names.indexOf('ETag'),
  };
  if (columns.key < 0 || columns.size < 0 || columns.modified < 0)
    throw new UsageError('the inventory lacks Size or LastModifiedDate', {
      where: formatLocation(location),
      next: 'let S3 add these fields to the inventory',
    });
  return columns;
}

function entriesIn(lines: readonly string[], columns: Columns, location: Location): readonly FileStatus[] {
  const entries: FileStatus[] = [];
  for (const line of lines) {
    const fields = plainFields(line, columns.count) ?? fieldsOf(line);
    if (fields.length !== columns.count)
      throw damaged(location, `a line has ${fields.length} fields in place of ${columns.count}`);
    if (fields[columns.isLatest] === 'false' || fields[columns.isDeleteMarker] === 'true') continue;
    const sizeBytes = Number(fields[columns.size] || Number.NaN);
    const modifiedMs = Date.parse(fields[columns.modified]!);
    if (!Number.isSafeInteger(sizeBytes))
      throw damaged(location, `a line has no size: ${line.slice(0, 200)}`);
    entries.push({
      path: `/${decodedKey(fields[columns.key]!)}`,
      type: 'file',
      sizeBytes,
      modifiedMs: Number.isNaN(modifiedMs) ? null : modifiedMs,
      etag: fields[columns.etag] || null,
    });
  }
  return entries;
}

function decodedKey(key: string): string {
  if (!key.includes('%') && !key.includes('+')) return key;
  return decodeURIComponent(key.replaceAll('+', ' '));
}

/** The fields of a line in which all are quoted and none holds a quote, as S3 writes them; null for any other. */
function plainFields(line: string, count: number): readonly string[] | null {
  if (!line.startsWith('"') || !line.endsWith('"') || line.includes('""')) return null;
  const fields: string[] = [];
  let start = 1;
  for (let end = line.indexOf('","'); end >= 0; end = line.indexOf('","', start)) {
    fields.push(line.slice(start, end));
    start = end + 3;
  }
  fields.push(line.slice(start, -1));
  return fields.length === count ? fields : null;
}

const FIELD = /"((?:[^"]|"")*)"(?:,|$)|([^,]*)(?:,|$)/y;

/** The fields of a CSV line. */
function fieldsOf(line: string): readonly string[] {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  const fields: string[] = [];
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex <= text.length) {
    const start = FIELD.lastIndex;
    const match = FIELD.exec(text);
    if (match === null) return [];
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (FIELD.lastIndex === text.length && !text.endsWith(',')) break;
    if (FIELD.lastIndex === start) break;
  }
  return fields;
}
