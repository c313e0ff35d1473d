// One page of ListObjectsV2, checked before it is believed: an answer that is no listing (a proxy's HTML with status
// 200), or one cut short, must never read as "nothing there".
import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { StorageError } from '../../support/errors.js';
import type { StoredObject } from './keys.js';

/** Which page. `token` is that of the page before; `startAfter` is for the first page only. */
export interface PageRequest {
  readonly prefix: string;
  /** Folds what is deeper into common prefixes. */
  readonly delimiter?: '/';
  readonly startAfter?: string;
  readonly token?: string;
}

/** Objects and common prefixes in the order of the server; `nextToken` is null on the last page. */
export interface ListPage {
  readonly objects: readonly StoredObject[];
  readonly prefixes: readonly string[];
  readonly nextToken: string | null;
}

/** Fetches pages; throws StorageErrors only. */
export type FetchPage = (request: PageRequest) => Promise<ListPage>;

/** Reads an answer. Throws `corrupt`, with `where`, where it is no answer to `request`. */
export function pageOf(output: ListObjectsV2CommandOutput, request: PageRequest, where: string): ListPage {
  const decode = output.EncodingType === 'url' ? urlDecoded : (text: string) => text;
  const refuse = (reason: string): never => {
    throw new StorageError('corrupt', `${where} was listed with an answer that ${reason}`, { where });
  };
  if (typeof output.IsTruncated !== 'boolean') refuse('is no listing');
  const nextToken = output.IsTruncated === true ? (output.NextContinuationToken ?? null) : null;
  if (output.IsTruncated === true && (nextToken === null || nextToken === request.token))
    refuse('says that there is more and not where');
  const objects = (output.Contents ?? []).map((content): StoredObject => {
    const { Key, Size, LastModified, ETag } = content;
    if (Key === undefined || Size === undefined) return refuse('leaves out a key or a size');
    return {
      key: decode(Key),
      sizeBytes: Size,
      modifiedMs: LastModified?.getTime() ?? null,
      etag: ETag ?? null,
    };
  });
  const prefixes = (output.CommonPrefixes ?? []).map(({ Prefix }) =>
    decode(Prefix ?? refuse('leaves out a prefix')),
  );
  const { prefix } = request;
  if (
    !objects.every(({ key }) => key.startsWith(prefix)) ||
    !prefixes.every((text) => text.startsWith(prefix))
  )
    refuse(`tells of keys outside of ${JSON.stringify(prefix)}`);
  return { objects, prefixes, nextToken };
}

/** Keys come in the form of a query: `+` for a space, and percent signs. */
function urlDecoded(text: string): string {
  return /[%+]/.test(text) ? decodeURIComponent(text.replaceAll('+', ' ')) : text;
}
