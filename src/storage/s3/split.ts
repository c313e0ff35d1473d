// Giving away what lies ahead of a stream, as smaller prefixes that others list meanwhile:
//
//   chk-1/… chk-2/… | chk-3/… chk-4/… shared/…    by directories, which a listing with a delimiter names
//   00… 01… 02…     | 1… 2… … f…  other names     by hex digits: the files of shared/ are named by UUIDs
//
// A prefix given away is listed whole, whatever its keys are called. What the stream keeps relies on the keys of one
// prefix following each other, and on what is `after` in every order in use (key-order) coming later.
import { placeBeside } from './key-order.js';
import type { FetchPage, ListPage } from './page.js';
import { coveringPrefixes } from './prefix-cover.js';
import { type Step, type Stream, streamOf } from './stream.js';

/** More children of a directory than these pages hold are divided by their first characters, or not at all. */
const LARGEST_DIRECTORY_PAGES = 2;
const HEX_DIGITS = '0123456789abcdef';
/** Names that begin with this many hex digits are taken for UUIDs or job ids. */
const HEX_NAME = /^[0-9a-f]{8}/;
const DEEPEST_HEX_SPLIT = 4;
/** Fewer pages than this ahead are not worth the requests of a division. */
const WORTHWHILE_PAGES = 3;

/** Whether {@link split} may divide the stream: it delivers keys by now, and is not known to be in one piece. */
export function canSplit({ prefix, scope, between, page, whole }: Stream): boolean {
  if (whole || page === undefined || !page.last.startsWith(scope)) return false;
  return between === undefined || page.last.slice(prefix.length, prefix.length + 1) > between.low;
}

/** Divides a stream that {@link canSplit}; where its names do not allow it, the same stream comes back `whole`. */
export async function split(stream: Stream, fetchPage: FetchPage): Promise<Step> {
  const { scope, page } = stream;
  const last = page!.last;
  const byHex = isHexAhead(scope, last);
  const slash = last.indexOf('/', scope.length);
  if (slash < 0) return byHex ? splitByHex(stream, last) : inOnePiece(stream);
  const level = await directoryAt(scope, fetchPage);
  if (level === null) return byHex ? splitByHex(stream, last) : inOnePiece(stream);
  const current = last.slice(0, slash + 1);
  // Else the answer does not know what was just listed: it is not to be relied on.
  return level.prefixes.includes(current) ? splitByDirectories(stream, current, level) : inOnePiece(stream);
}

function inOnePiece(stream: Stream): Step {
  return { objects: [], rest: [{ ...stream, whole: true }] };
}

/** Whether the next character of the keys in `scope` is an early digit of a hex name. */
function isHexAhead(scope: string, last: string): boolean {
  const start = scope.lastIndexOf('/') + 1;
  return scope.length - start < DEEPEST_HEX_SPLIT && HEX_NAME.test(last.slice(start));
}

/** The later digits, and the names between `9` and `a` and after `f`, become streams; this digit is kept. */
function splitByHex(stream: Stream, last: string): Step {
  const { scope } = stream;
  if (pagesAhead(stream) < WORTHWHILE_PAGES) return inOnePiece(stream);
  const digit = last[scope.length]!;
  const later = [...HEX_DIGITS].filter((other) => other > digit).map((other) => streamOf(scope + other));
  const others = { ...streamOf(scope), wasSplit: true };
  const gaps: Stream[] = [{ ...others, startAfter: `${scope}f~`, between: { low: 'f', high: END_OF_TEXT } }];
  if (digit <= '9')
    gaps.push({ ...others, whole: true, startAfter: `${scope}9~`, between: { low: '9', high: 'a' } });
  return { objects: [], rest: [{ ...stream, scope: scope + digit, wasSplit: true }, ...later, ...gaps] };
}

/** After every character. */
const END_OF_TEXT = '\uffff\uffff';

/** A guess from how far the page before led through the hex names of the scope. */
function pagesAhead({ scope, page }: Stream): number {
  const reached = fraction(page!.last, scope);
  return (1 - reached) / Math.max(reached - fraction(page!.first, scope), Number.EPSILON);
}

/** How far `key` is through the scope, from 0 to 1. */
function fraction(key: string, scope: string): number {
  const digits = /^[0-9a-f]{4}/.exec(key.startsWith(scope) ? key.slice(scope.length) : '');
  return digits === null ? 0 : Number.parseInt(digits[0], 16) / 0x10000;
}

/** Directories and files of one level, or null where they are too many. */
async function directoryAt(prefix: string, fetchPage: FetchPage): Promise<ListPage | null> {
  let page = await fetchPage({ prefix, delimiter: '/' });
  for (let pages = 1; page.nextToken !== null; pages++) {
    if (pages === LARGEST_DIRECTORY_PAGES) return null;
    const next = await fetchPage({ prefix, delimiter: '/', token: page.nextToken });
    page = {
      objects: [...page.objects, ...next.objects],
      prefixes: [...page.prefixes, ...next.prefixes],
      nextToken: next.nextToken,
    };
  }
  return page;
}

/** Keeps the directory that the stream is in; those after it become streams, and files after it are delivered. */
function splitByDirectories(stream: Stream, current: string, level: ListPage): Step {
  const files = level.objects.map((object) => ({ object, place: placeBeside(current, object.key) }));
  const directories = level.prefixes
    .filter((prefix) => prefix !== current)
    .map((prefix) => ({ prefix, place: placeBeside(current, prefix) }));
  if ([...files, ...directories].some(({ place }) => place === 'unclear')) return inOnePiece(stream);
  const ahead = directories.filter(({ place }) => place === 'after').map(({ prefix }) => prefix);
  const behind = directories.filter(({ place }) => place === 'before').map(({ prefix }) => prefix);
  const others = [current, ...behind, ...level.objects.map(({ key }) => key)];
  return {
    objects: files.filter(({ place }) => place === 'after').map(({ object }) => object),
    rest: [{ ...stream, scope: current, wasSplit: true }, ...coveringPrefixes(ahead, others).map(streamOf)],
  };
}
