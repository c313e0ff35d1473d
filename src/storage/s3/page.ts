// One page of ListObjectsV2, checked before it is believed: an answer that is no listing (a proxy's HTML with status
// 200), or one cut short, must never read as "nothing there".
import type { ListObjectsV2CommandOutput, _Object as S3Object } from '@aws-sdk/client-s3';
import { StorageError } from '../../support/errors.js';
import { hasPrefix } from '../../support/prefix.js';
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
  const { IsTruncated, NextContinuationToken: token, EncodingType } = output;
  const refuse: Refuse = (reason) => {
    throw new StorageError('corrupt', `${where} was listed with an answer that ${reason}`, { where });
  };
  if (typeof IsTruncated !== 'boolean') refuse('is no listing');
  if (IsTruncated === true && (token === undefined || token === request.token))
    refuse('says that there is more and not where');
  const nameOf = (text: string | undefined): string => {
    const name = EncodingType === 'url' ? urlDecoded(text) : text;
    if (name === undefined) return refuse(`holds the name ${text}, which cannot be read`);
    if (!hasPrefix(name, request.prefix)) refuse(`tells of ${JSON.stringify(name)}, which was not asked for`);
    return name;
  };
  return {
    objects: (output.Contents ?? []).map((content) => objectOf(content, { nameOf, refuse })),
    prefixes: (output.CommonPrefixes ?? []).map(({ Prefix }) => nameOf(Prefix)),
    nextToken: IsTruncated === true ? (token ?? null) : null,
  };
}

type Refuse = (reason: string) => never;

function objectOf(
  { Key, Size, LastModified, ETag }: S3Object,
  { nameOf, refuse }: { readonly nameOf: (text: string | undefined) => string; readonly refuse: Refuse },
): StoredObject {
  return {
    key: nameOf(Key),
    sizeBytes: Size ?? refuse('leaves out a size'),
    modifiedMs: LastModified === undefined ? null : wholeSeconds(LastModified),
    etag: entityTag(ETag),
  };
}

/** As the header `Last-Modified` tells it: MinIO and rclone list milliseconds too, and a file would seem changed. */
export function wholeSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000) * 1000;
}

/** In the quotes of the header `ETag`: rclone leaves them out where it lists. */
export function entityTag(text: string | undefined): string | null {
  if (text === undefined) return null;
  return text.includes('"') ? text : `"${text}"`;
}

/** Names come in the form of a query: `+` for a space, and percent signs. Undefined where it is no such form. */
export function urlDecoded(text: string | undefined): string | undefined {
  if (text === undefined || !/[%+]/.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
