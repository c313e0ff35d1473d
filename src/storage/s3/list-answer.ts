// Reads the objects out of the answer to ListObjectsV2 before the SDK does: its reader of XML takes three quarters of
// the time of a listing. Only plain entries are taken, as all servers send them; the document around them, and a
// document with anything else in it, is left to the SDK, which refuses what is not well-formed.
import type { ListObjectsV2CommandOutput, S3 } from '@aws-sdk/client-s3';

type Contents = NonNullable<ListObjectsV2CommandOutput['Contents']>;

/** A document without the objects that were taken out of it. */
export interface SplitAnswer {
  readonly contents: Contents;
  readonly rest: string;
}

const OPEN = '<Contents>';
const CLOSE = '</Contents>';
/** A property without properties of its own, and white space. */
const PROPERTY = /\s*<(\w+)>([^<>]*)<\/\1>\s*/gy;
const QUOTE = /&(?:quot|#34|#x22);/g;

/** Takes the objects out of an answer; null where it holds one that is not plain. */
export function splitAnswer(xml: string): SplitAnswer | null {
  const start = xml.indexOf(OPEN);
  if (start < 0 || xml.includes('<!')) return null;
  const contents: Contents = [];
  let end = start;
  while (xml.startsWith(OPEN, end)) {
    const close = xml.indexOf(CLOSE, end);
    const object = close < 0 ? null : plainObject(xml.slice(end + OPEN.length, close));
    if (object === null) return null;
    contents.push(object);
    end = close + CLOSE.length;
    while (/\s/.test(xml.charAt(end))) end++;
  }
  const rest = xml.slice(0, start) + xml.slice(end);
  return rest.includes(OPEN) ? null : { contents, rest };
}

/** An object with a key, a size, a time and an ETag; null where one of them is missing or unusual. */
function plainObject(properties: string): Contents[number] | null {
  const told = new Map<string, string>();
  let end = 0;
  PROPERTY.lastIndex = 0;
  for (let match = PROPERTY.exec(properties); match !== null; match = PROPERTY.exec(properties)) {
    if (told.has(match[1]!)) return null;
    told.set(match[1]!, match[2]!);
    end = PROPERTY.lastIndex;
  }
  const Key = told.get('Key') ?? '';
  const LastModified = new Date(told.get('LastModified') ?? '');
  const ETag = told.get('ETag')?.replace(QUOTE, '"');
  const size = told.get('Size') ?? '';
  const isPlain =
    end === properties.length && Key !== '' && !Key.includes('&') && ETag?.includes('&') === false;
  if (!isPlain || !/^\d{1,15}$/.test(size) || Number.isNaN(LastModified.getTime())) return null;
  return { Key, Size: Number(size), LastModified, ETag };
}

/** Makes a client read its listings this way. */
export function readListingsQuickly(s3: S3): void {
  const taken = new WeakMap<object, Contents>();
  s3.middlewareStack.add(
    (next, context) => async (request) => {
      const result = await next(request);
      const response = result.response as { statusCode: number; body: AsyncIterable<Uint8Array> | Buffer };
      if (context.commandName !== 'ListObjectsV2Command' || response.statusCode !== 200) return result;
      const chunks: Uint8Array[] = [];
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      const answer = splitAnswer(body.toString());
      response.body = answer === null ? body : Buffer.from(answer.rest);
      if (answer !== null) taken.set(context, answer.contents);
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'takeListedObjects' },
  );
  s3.middlewareStack.add(
    (next, context) => async (request) => {
      const result = await next(request);
      const contents = taken.get(context);
      return contents === undefined
        ? result
        : { ...result, output: { ...result.output, Contents: contents } };
    },
    { step: 'initialize', name: 'returnListedObjects' },
  );
}
