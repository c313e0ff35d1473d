// S3 Inventory reports: a manifest.json that names data files. CSV is read; keys in it are URL-encoded. Source: Amazon S3
// user guide, "Amazon S3 Inventory list" and "Inventory manifest".
import { z } from 'zod';
import {
  baseName,
  child,
  formatLocation,
  type Location,
  normalizePath,
  parent,
} from '../../model/location.js';
import type { FileStatus } from '../../storage/storage.js';
import { StorageError, UsageError } from '../../support/errors.js';
import type { Readers } from '../readers.js';
import { damaged, linesOf, type StoredText } from './lines.js';

const MANIFEST = z.object({
  sourceBucket: z.string(),
  destinationBucket: z.string().optional(),
  fileFormat: z.string(),
  fileSchema: z.string(),
  files: z.array(z.object({ key: z.string(), size: z.number().optional() })),
});
type Manifest = z.infer<typeof MANIFEST>;

/** A report that was found to be one, and not read yet. */
export interface S3Inventory {
  readonly bucket: string;
  entries(): AsyncGenerator<readonly FileStatus[]>;
}

/** The report of the manifest at `location`, whose text is `json`. Throws UsageError for formats other than CSV. */
export function s3Inventory(location: Location, json: string, readers: Readers): S3Inventory {
  const manifest = manifestOf(location, json);
  if (manifest.fileFormat.toUpperCase() !== 'CSV')
    throw new UsageError(`an inventory in ${manifest.fileFormat} cannot be read`, {
      where: formatLocation(location),
      next: 'let S3 write the inventory as CSV',
    });
  const columns = columnsOf(location, manifest.fileSchema);
  return {
    bucket: manifest.sourceBucket,
    async *entries() {
      for (const file of manifest.files) {
        const text = await dataFile(location, manifest, file.key, readers);
        if (file.size !== undefined && file.size !== text.sizeBytes)
          throw damaged(text.location, `has ${text.sizeBytes} bytes, and ${file.size} in its manifest`);
        for await (const lines of linesOf(text)) yield entriesIn(lines, columns, text.location);
      }
    },
  };
}

function manifestOf(location: Location, json: string): Manifest {
  try {
    return MANIFEST.parse(JSON.parse(json));
  } catch (cause) {
    throw damaged(location, 'is no manifest of an S3 inventory', cause);
  }
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

/** Data files lie in the destination bucket; of a copy, beside the manifest or in `data` beside or above it. */
async function dataFile(
  manifestAt: Location,
  { destinationBucket = '' }: Manifest,
  key: string,
  readers: Readers,
): Promise<StoredText> {
  const directory = parent(manifestAt);
  const name = key.slice(key.lastIndexOf('/') + 1);
  const bucket = destinationBucket.replace(/^arn:[^:]*:s3:::/, '');
  const places =
    manifestAt.store === 's3' && (bucket === '' || bucket === manifestAt.authority)
      ? [{ ...manifestAt, path: normalizePath(`/${key}`) }]
      : [
          child(directory, key),
          child(directory, name),
          child(directory, `data/${name}`),
          child(parent(directory), `data/${name}`),
        ];
  const reader = await readers.of(manifestAt);
  for (const location of places) {
    try {
      const { type, sizeBytes } = await reader.stat(location);
      if (type === 'file') return { location, reader, sizeBytes };
    } catch (thrown) {
      if (!(thrown instanceof StorageError && thrown.kind === 'not-found')) throw thrown;
    }
  }
  throw new UsageError(`the inventory's data file ${key} is not there`, {
    where: formatLocation(manifestAt),
    next: `copy it beside ${baseName(manifestAt)}`,
  });
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
