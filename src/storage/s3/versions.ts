// The versions of objects in a bucket that keeps them: what was replaced, what was removed, and the markers that hide it.
import type { ListObjectVersionsCommandOutput } from '@aws-sdk/client-s3';
import { formatLocation, type Location, normalizePath } from '../../model/location.js';
import { StorageError } from '../../support/errors.js';
import type { FileVersion } from '../storage.js';
import { prefixOf } from './keys.js';
import { urlDecoded, wholeSeconds } from './page.js';
import { bucketInput, type S3Requests, send } from './requests.js';

interface Markers {
  readonly KeyMarker?: string;
  readonly VersionIdMarker?: string;
}

/** Page by page, each tried again on its own; see StoredVersions. */
export async function* listVersions(
  requests: S3Requests,
  root: Location,
): AsyncGenerator<readonly FileVersion[]> {
  const where = formatLocation(root);
  for (let markers: Markers | null = {}; markers !== null; ) {
    const input = {
      ...bucketInput(requests, root),
      Prefix: prefixOf(root),
      EncodingType: 'url',
      ...markers,
    } as const;
    const page: ListObjectVersionsCommandOutput = await requests.retry(() =>
      send(requests, 'list the versions of', root, (s3, options) => s3.listObjectVersions(input, options)),
    );
    yield versionsOf(page, where);
    markers = nextMarkers(page, markers, where);
  }
}

type Version = NonNullable<ListObjectVersionsCommandOutput['Versions']>[number];

function versionsOf(page: ListObjectVersionsCommandOutput, where: string): readonly FileVersion[] {
  const nameOf = nameReader(page, where);
  const version = (isMarker: boolean) => (told: Version) => {
    const { Key, VersionId, IsLatest = false, LastModified, Size = 0 } = told;
    const path = `/${nameOf(Key)}`;
    if (VersionId === undefined) throw corrupt(where, 'leaves out the id of a version');
    if (path === '/' || normalizePath(path) !== path) return [];
    const modifiedMs = LastModified === undefined ? null : wholeSeconds(LastModified);
    return [{ path, versionId: VersionId, isMarker, isLatest: IsLatest, sizeBytes: Size, modifiedMs }];
  };
  return [
    ...(page.Versions ?? []).flatMap(version(false)),
    ...(page.DeleteMarkers ?? []).flatMap(version(true)),
  ];
}

function nameReader({ EncodingType }: ListObjectVersionsCommandOutput, where: string) {
  return (text: string | undefined): string => {
    const name = EncodingType === 'url' ? urlDecoded(text) : text;
    if (name === undefined) throw corrupt(where, `holds the name ${text}, which cannot be read`);
    return name;
  };
}

/** Null after the last page. */
function nextMarkers(page: ListObjectVersionsCommandOutput, last: Markers, where: string): Markers | null {
  const { IsTruncated, NextKeyMarker, NextVersionIdMarker } = page;
  if (IsTruncated === undefined) throw corrupt(where, 'is no listing');
  if (!IsTruncated) return null;
  const isSame = nameReader(page, where)(NextKeyMarker ?? '') === last.KeyMarker;
  if (!NextKeyMarker || (isSame && NextVersionIdMarker === last.VersionIdMarker))
    throw corrupt(where, 'says that there is more and not where');
  return {
    KeyMarker: nameReader(page, where)(NextKeyMarker),
    ...(NextVersionIdMarker ? { VersionIdMarker: NextVersionIdMarker } : {}),
  };
}

function corrupt(where: string, reason: string): StorageError {
  return new StorageError('corrupt', `the versions of ${where} were listed with an answer that ${reason}`, {
    where,
  });
}
