// The files of a high-availability storage directory: a CompletedCheckpoint as Java serializes it. Only the places of
// snapshots are taken from it, and they are taken from the strings of the stream, whatever the classes around them: these
// differ from version to version, and a place too many only keeps a snapshot that nobody needs.
// Source: Flink FileSystemStateStorageHelper, CompletedCheckpoint, FsCompletedCheckpointStorageLocation.
import { FormatError } from '../../support/errors.js';
import { decodeModifiedUtf8 } from '../../support/modified-utf8.js';

/** Names of such files begin with it. */
export const COMPLETED_CHECKPOINT = 'completedCheckpoint';

const STREAM_HEAD = Buffer.from('aced0005', 'hex');
const TC_STRING = 0x74;
const STRING_HEAD_BYTES = 3;
const PLACE_START = /^[A-Za-z][A-Za-z0-9+.-]*:\//;
const SNAPSHOT =
  /^([A-Za-z][A-Za-z0-9+.-]*:\/.*\/(?:chk-\d+|savepoint-[0-9a-f-]+|[^/]+(?=\/_metadata$)))(?:\/_metadata)?$/;

//  +--------------------------+-------------------------------------------------------------+
//  | u16 magic ACED | u16 5   | objects; among them strings: u8 74 | u16 length | mod. UTF-8 |
//  +--------------------------+-------------------------------------------------------------+
/**
 * Directories of the snapshots that the file names, as it has them, each once. Throws a FormatError where it is no object
 * stream, or names none: it is then not what it seems, and what it keeps is not known.
 */
export function readCheckpointPlaces(bytes: Uint8Array): readonly string[] {
  const stream = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!stream.subarray(0, STREAM_HEAD.length).equals(STREAM_HEAD)) {
    throw new FormatError('no Java object stream', { offset: 0, field: 'magic' });
  }
  const places = new Set<string>();
  for (let at = stream.indexOf(TC_STRING); at >= 0; at = stream.indexOf(TC_STRING, at + 1)) {
    const place = SNAPSHOT.exec(stringAt(stream, at) ?? '')?.[1];
    if (place !== undefined) places.add(place);
  }
  if (places.size > 0) return [...places];
  throw new FormatError('names no checkpoint', { offset: stream.length, field: 'externalPointer' });
}

/** Null where what follows is no string that could be a place: the byte before only looked like the head of one. */
function stringAt(stream: Buffer, at: number): string | null {
  const start = at + STRING_HEAD_BYTES;
  if (start > stream.length || !PLACE_START.test(stream.toString('latin1', start, start + 40))) return null;
  const end = start + stream.readUInt16BE(at + 1);
  const text = end > stream.length ? null : decodeModifiedUtf8(stream, start, end);
  return typeof text === 'string' ? text : null;
}
