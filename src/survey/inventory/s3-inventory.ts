// S3 Inventory reports: a manifest.json that names data files, as CSV or as Parquet. Source: Amazon S3 user guide, "Amazon
// S3 Inventory list" and "Inventory manifest".
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
import { csvEntries } from './csv-entries.js';
import { damaged, type StoredText } from './lines.js';
import { parquetEntries } from './parquet-entries.js';

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

/** Batches of what one data file tells. */
type ReadEntries = (text: StoredText) => AsyncIterable<readonly FileStatus[]>;

/** The report of the manifest at `location`, whose text is `json`. Throws UsageError for formats that are not read. */
export function s3Inventory(location: Location, json: string, readers: Readers): S3Inventory {
  const manifest = manifestOf(location, json);
  const entriesOf = readerOf(location, manifest);
  return {
    bucket: manifest.sourceBucket,
    async *entries() {
      for (const file of manifest.files) {
        const text = await dataFile(location, manifest, file.key, readers);
        if (file.size !== undefined && file.size !== text.sizeBytes)
          throw damaged(text.location, `has ${text.sizeBytes} bytes, and ${file.size} in its manifest`);
        yield* entriesOf(text);
      }
    },
  };
}

function readerOf(location: Location, { fileFormat, fileSchema }: Manifest): ReadEntries {
  switch (fileFormat.toUpperCase()) {
    case 'CSV':
      return csvEntries(location, fileSchema);
    case 'PARQUET':
      return parquetEntries;
    default:
      throw new UsageError(`an inventory in ${fileFormat} cannot be read`, {
        where: formatLocation(location),
        next: 'let S3 write the inventory as CSV or Parquet',
      });
  }
}

function manifestOf(location: Location, json: string): Manifest {
  try {
    return MANIFEST.parse(JSON.parse(json));
  } catch (cause) {
    throw damaged(location, 'is no manifest of an S3 inventory', cause);
  }
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
