// Fills a listing from what somebody else listed: a bucket of a hundred million objects need not be listed again. Which
// format it is shows its beginning.
import { formatLocation, type Location } from '../../model/location.js';
import type { FileStatus } from '../../storage/storage.js';
import { UsageError } from '../../support/errors.js';
import { hasPrefix } from '../../support/prefix.js';
import type { Listing } from '../listing.js';
import type { Readers } from '../readers.js';
import { headOf, type StoredText } from './lines.js';
import { findEntries, rcloneEntries } from './plain-listing.js';
import { s3Inventory } from './s3-inventory.js';

/**
 * Lists `roots` from the inventory at `location`, each as far as it lies there. Throws FormatError where the inventory
 * is damaged or cut off, and UsageError where it is of a kind that is not read, or has nothing below a root.
 */
export async function listFromInventory(
  location: Location,
  roots: readonly Location[],
  { listing, readers }: { readonly listing: Listing; readonly readers: Readers },
): Promise<void> {
  const reader = await readers.of(location);
  const { sizeBytes } = await reader.stat(location);
  const text = { location, reader, sizeBytes };
  for (const root of roots) {
    const flat = !(await readers.of(root)).capabilities.directories;
    const entries = below(root, await entriesOf(text, root, readers));
    const count = await listing.addEntries(root, entries, { flat });
    if (count === 0) throw nothingBelow(root, location);
  }
}

async function entriesOf(
  text: StoredText,
  root: Location,
  readers: Readers,
): Promise<AsyncIterable<readonly FileStatus[]>> {
  const head = await headOf(text);
  const first = head.toString('latin1', 0, 64).trimStart();
  if (first.startsWith('PAR1') || first.startsWith('ORC')) throw binary(text.location);
  if (first.startsWith('[')) return rcloneEntries(text, root);
  if (!first.startsWith('{')) return findEntries(text, { root, head });
  const json = Buffer.from(await text.reader.read(text.location)).toString('utf8');
  const inventory = s3Inventory(text.location, json, readers);
  if (root.store === 's3' && root.authority !== inventory.bucket)
    throw new UsageError(`the inventory is of bucket ${inventory.bucket}`, {
      where: formatLocation(root),
      next: `give locations in s3://${inventory.bucket}`,
    });
  return inventory.entries();
}

async function* below(
  root: Location,
  batches: AsyncIterable<readonly FileStatus[]>,
): AsyncGenerator<readonly FileStatus[]> {
  const prefix = root.path === '/' ? '/' : `${root.path}/`;
  for await (const batch of batches)
    yield batch.filter(({ path }) => path.length > prefix.length && hasPrefix(path, prefix));
}

function binary(location: Location): UsageError {
  return new UsageError('a data file of an inventory does not say which bucket it is of', {
    where: formatLocation(location),
    next: 'give the manifest.json that names it; S3 must write the inventory as CSV or Parquet',
  });
}

function nothingBelow(root: Location, inventory: Location): UsageError {
  return new UsageError(`the inventory tells of nothing below ${formatLocation(root)}`, {
    where: formatLocation(inventory),
    next: 'check that the location is spelt as in the inventory',
  });
}
