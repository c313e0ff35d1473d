// How much memory a listing of S3 takes as it grows: a server made up here tells of as many objects as it is asked for,
// for filling a real one with a million takes an hour.
//
//   npm run build && node bench/s3-memory.mjs [--objects 1000000] [--concurrency 16]
import { once } from 'node:events';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { flinkKeys, timed } from './s3-server.mjs';

const { values: options } = parseArgs({
  options: {
    objects: { type: 'string', default: '1000000' },
    concurrency: { type: 'string', default: '16' },
  },
});

const LIST = new URL('s3-list.mjs', import.meta.url).pathname;
const env = { ...process.env, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };

const whole = Number(options.objects);
const [small, large] = [await memoryFor(whole / 10), await memoryFor(whole)];
process.stdout.write(
  `S3: ${small} MB for ${whole / 10} objects, ${large} MB for ${whole}: ${large - small} MB more\n`,
);

async function memoryFor(objects) {
  const keys = [...flinkKeys(objects, 40)].map((key) => `flink/${key}`).sort();
  const server = createServer((request, response) =>
    response.end(page(new URL(request.url, 'http://x'), keys)),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const endpoint = `http://127.0.0.1:${server.address().port}`;
  const command = [
    process.execPath,
    LIST,
    '--child',
    '--endpoint',
    endpoint,
    '--concurrency',
    options.concurrency,
  ];
  const { last } = await timed(command, env);
  server.closeAllConnections();
  server.close();
  const { files, memoryMb } = JSON.parse(last);
  if (files !== objects) throw new Error(`${files} of ${objects} objects were listed`);
  return memoryMb;
}

/** A page of ListObjectsV2. */
function page({ searchParams }, keys) {
  const prefix = searchParams.get('prefix') ?? '';
  const delimiter = searchParams.get('delimiter');
  const after = searchParams.get('continuation-token') ?? searchParams.get('start-after') ?? '';
  let at = firstAfter(keys, after > prefix ? after : prefix, after > prefix);
  const found = [];
  const prefixes = [];
  let last = '';
  while (at < keys.length && keys[at].startsWith(prefix) && found.length + prefixes.length < 1000) {
    const slash = delimiter === null ? -1 : keys[at].indexOf(delimiter, prefix.length);
    if (slash < 0) {
      last = keys[at++];
      found.push(last);
      continue;
    }
    const common = keys[at].slice(0, slash + 1);
    prefixes.push(common);
    last = `${common}\u{10ffff}`;
    at = firstAfter(keys, last, true);
  }
  const more = at < keys.length && keys[at].startsWith(prefix);
  const contents = found.map(
    (key) =>
      `<Contents><Key>${key}</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>&quot;0123456789abcdef0123456789abcdef&quot;</ETag><Size>100</Size><StorageClass>STANDARD</StorageClass></Contents>`,
  );
  const commons = prefixes.map((common) => `<CommonPrefixes><Prefix>${common}</Prefix></CommonPrefixes>`);
  const next = more ? `<NextContinuationToken>${last}</NextContinuationToken>` : '';
  return `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${more}</IsTruncated>${next}<EncodingType>url</EncodingType>${contents.join('')}${commons.join('')}</ListBucketResult>`;
}

/** Index of the first key at or, `past`, after `text`. */
function firstAfter(keys, text, past) {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (past ? keys[middle] <= text : keys[middle] < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
