// The driver against servers that answer what a test says: kinds of errors, failover, what is sent.
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { child, parseLocation } from '../../../src/model/location.js';
import { type HdfsSettings, hdfsReader, hdfsRemover } from '../../../src/storage/hdfs/open.js';
import { ManualClock } from '../../../src/support/clock.js';
import { StorageError } from '../../../src/support/errors.js';
import { kindOf, text } from '../../contract/storage-contract.js';
import {
  type FakeAnswer,
  type FakeNameNode,
  type FakeRequest,
  fileStatus,
  page,
  startFakeNameNode,
} from './fake-name-node.js';

const started: FakeNameNode[] = [];
const start = async (answer: (request: FakeRequest) => FakeAnswer): Promise<FakeNameNode> => {
  const fake = await startFakeNameNode(answer);
  started.push(fake);
  return fake;
};
afterEach(async () => {
  await Promise.all(started.splice(0).map((fake) => fake.stop()));
});

/** Time passes where a test says so only. */
const clock = new ManualClock();
const LIMITS = { connectMs: 10_000, silenceMs: 60_000 };
const silence = (): FakeAnswer => {
  clock.advance(LIMITS.silenceMs);
  return null;
};
const FOUND: FakeAnswer = { json: { FileStatus: fileStatus('') } };
const STANDBY: FakeAnswer = { exception: 'StandbyException', status: 403 };
const location = parseLocation('hdfs://ns/dir/f', '/');
const remover = (fakes: readonly { readonly address: string }[], settings: HdfsSettings = {}) =>
  hdfsRemover(location, {
    webhdfs: fakes.map(({ address }) => address),
    user: 'u',
    limits: LIMITS,
    clock,
    ...settings,
  });

/** An address where nobody listens. */
async function closedAddress(): Promise<{ readonly address: string }> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return { address: `127.0.0.1:${port}` };
}

describe('errors of WebHDFS', () => {
  it.each([
    [{ exception: 'FileNotFoundException', status: 404 }, 'not-found'],
    [{ exception: 'ParentNotDirectoryException', status: 403 }, 'not-found'],
    [{ exception: 'FileAlreadyExistsException', status: 403 }, 'already-exists'],
    [{ exception: 'AccessControlException', status: 403 }, 'denied'],
    [{ exception: 'AuthorizationException', status: 403 }, 'denied'],
    [{ exception: 'InvalidToken', status: 403 }, 'denied'],
    [{ exception: 'SnapshotException', status: 403 }, 'conflict'],
    [{ exception: 'PathIsNotEmptyDirectoryException', status: 403 }, 'conflict'],
    [{ exception: 'NSQuotaExceededException', status: 403 }, 'no-space'],
    [{ exception: 'DSQuotaExceededException', status: 403 }, 'no-space'],
    [{ exception: 'SafeModeException', status: 403 }, 'unavailable'],
    [{ exception: 'RetriableException', status: 403 }, 'unavailable'],
    [{ exception: 'IOException', status: 404 }, 'unavailable'],
    [{ exception: 'NullPointerException', status: 500 }, 'unavailable'],
    [STANDBY, 'unavailable'],
    [{ status: 404, body: '<html>' }, 'unavailable'],
    [{ status: 404, body: '{"RemoteException":{}}' }, 'unavailable'],
    [{ status: 401 }, 'denied'],
    [{ status: 403 }, 'denied'],
    [{ status: 429 }, 'throttled'],
    [{ status: 503, headers: { 'retry-after': '7' } }, 'throttled'],
    [{ status: 503 }, 'unavailable'],
    [{ status: 302, headers: { location: 'http://login.example/' } }, 'unavailable'],
    [{ status: 200, body: 'hello' }, 'corrupt'],
    [{ json: { FileStatus: fileStatus('', { length: -1 }) } }, 'corrupt'],
  ] as readonly (readonly [FakeAnswer, string])[])('take %j for %s', async (answer, kind) => {
    // of a path that is denied the directory is looked at too
    const above = { json: { FileStatus: fileStatus('', { type: 'DIRECTORY' }) } };
    const fake = await start(({ path }) => (path === '/dir/f' ? answer : above));
    expect(await kindOf(remover([fake]).stat(location))).toBe(kind);
  });

  it('are unavailable where the server says nothing', async () => {
    expect(await kindOf(remover([await start(silence)]).stat(location))).toBe('unavailable');
    expect(await kindOf(remover([await closedAddress()]).stat(location))).toBe('unavailable');
  });

  it('carry one line of the message, the exception, and how long to wait', async () => {
    const fake = await start(({ op }) =>
      op === 'LISTSTATUS_BATCH'
        ? { status: 429, headers: { 'retry-after': '7' } }
        : { exception: 'SafeModeException', status: 403 },
    );
    await expect(remover([fake]).stat(location)).rejects.toThrow(
      'cannot look at hdfs://ns/dir/f: about SafeModeException (SafeModeException)',
    );
    await expect(remover([fake]).listDirectory(location)).rejects.toMatchObject({ retryAfterMs: 7000 });
  });

  it('say what to do where Kerberos is asked for', async () => {
    const fake = await start(() => ({ status: 401, headers: { 'www-authenticate': 'Negotiate' } }));
    const error = await remover([fake])
      .stat(location)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'denied', next: expect.stringContaining('delegation token') });
  });

  it('never show the token', async () => {
    const fake = await start(() => ({ status: 500 }));
    const refused = await closedAddress();
    for (const server of [fake, refused]) {
      const storage = remover([server], { delegationToken: 'SECRET' });
      const error = await storage.read(location).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(StorageError);
      expect(`${error} ${JSON.stringify(error)}`).not.toContain('SECRET');
    }
    expect(fake.requests[0]!.query.get('delegation')).toBe('SECRET');
    expect(fake.requests[0]!.query.has('user.name')).toBe(false);
  });
});

describe('a pair of NameNodes', () => {
  it('is asked at the active one, and from then on there', async () => {
    const [standby, active] = [await start(() => STANDBY), await start(() => FOUND)];
    const storage = remover([standby, active]);
    for (let call = 0; call < 3; call++) await storage.stat(location);
    expect([standby.requests.length, active.requests.length]).toEqual([1, 3]);
  });

  it('is asked at the other where one refuses connections, for changes too', async () => {
    const active = await start(() => ({ json: { boolean: true } }));
    await remover([await closedAddress(), active]).makeDirectory(location);
    expect(active.requests).toHaveLength(1);
  });

  it('is asked at the other where one is silent, but only to read', async () => {
    const silent = await start(silence);
    const active = await start(({ method }) => (method === 'GET' ? FOUND : { json: { boolean: true } }));
    await remover([silent, active]).stat(location);
    const storage = remover([silent, active]);
    expect(await kindOf(storage.makeDirectory(location))).toBe('unavailable');
    expect(active.requests.filter(({ method }) => method === 'PUT')).toHaveLength(0);
    // the next call does not wait for the silent one again
    await storage.makeDirectory(location);
  });

  it('is unavailable where both are in standby, and each is asked once', async () => {
    const pair = [await start(() => STANDBY), await start(() => STANDBY)];
    expect(await kindOf(remover(pair).stat(location))).toBe('unavailable');
    expect(pair.map(({ requests }) => requests.length)).toEqual([1, 1]);
  });
});

describe('what is sent', () => {
  it('has every segment and every value encoded', async () => {
    const odd = parseLocation("hdfs://ns/a b/c%20d/#?&;'ü日本+", '/');
    const fake = await start(() => FOUND);
    await remover([fake], { user: 'a&b=c' }).stat(odd);
    expect(fake.requests[0]).toMatchObject({ path: odd.path });
    expect(fake.requests[0]!.query.get('user.name')).toBe('a&b=c');
    expect(fake.requests[0]!.target).toContain('/a%20b/c%2520d/%23%3F%26%3B');
  });

  it('removes without recursion, a file by its exact name, and nothing that is a directory', async () => {
    const fake = await start(({ op, path }) => {
      if (op === 'DELETE') return { json: { boolean: path !== '/dir/raced' } };
      if (path === '/dir/gone') return { exception: 'FileNotFoundException', status: 404 };
      return { json: { FileStatus: fileStatus('', { type: path === '/dir/d' ? 'DIRECTORY' : 'FILE' }) } };
    });
    const at = (name: string) => child(location, `../${name}`);
    const results = await remover([fake]).remove(['f', 'gone', 'd', 'raced', 'f'].map(at));
    expect(results.map(({ outcome }) => outcome)).toEqual([
      'removed',
      'absent',
      'failed',
      'absent',
      'absent',
    ]);
    const deletions = fake.requests.filter(({ op }) => op === 'DELETE');
    expect(deletions.map(({ path }) => path).sort()).toEqual(['/dir/f', '/dir/raced']);
    for (const { query } of deletions) expect(query.get('recursive')).toBe('false');
  });

  it('does not remove a file that is in place of an empty directory', async () => {
    const fake = await start(() => FOUND);
    expect(await kindOf(remover([fake]).removeEmptyDirectory(location))).toBe('conflict');
    expect(fake.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('writes a sibling and renames it, and takes the sibling away where that fails', async () => {
    const fake: FakeNameNode = await start(({ op, method, query, path }) => {
      if (op === 'CREATE' && query.has('noredirect')) {
        return { json: { Location: `http://${fake.address}/webhdfs/v1${path}?op=CREATE` } };
      }
      if (op === 'CREATE') return { status: 201 };
      if (op === 'RENAME') return { exception: 'FileAlreadyExistsException', status: 403 };
      return method === 'DELETE' ? { json: { boolean: true } } : FOUND;
    });
    expect(await kindOf(remover([fake]).putIfAbsent(location, text('content')))).toBe('already-exists');
    const [first, second, rename, removal] = fake.requests;
    expect(first!.query.get('overwrite')).toBe('false');
    expect(second!.body).toBe('content');
    expect(second!.path).toMatch(/^\/dir\/\.f\.inprogress\.[0-9a-f-]{36}$/);
    expect(rename!.query.get('destination')).toBe('/dir/f');
    expect(rename!.query.get('renameoptions')).toBe('NONE');
    expect(removal).toMatchObject({ op: 'DELETE', path: second!.path });
  });

  it('never goes from https to http', async () => {
    const fake = await start(() => ({ json: { Location: 'ftp://127.0.0.1/x' } }));
    expect(await kindOf(remover([fake]).read(location))).toBe('denied');
  });
});

describe('what a NameNode tells of itself', () => {
  it('is its time, though it sends it twice', async () => {
    const date = 'Sat, 21 Nov 2026 12:16:59 GMT';
    const status = { status: 200, body: JSON.stringify({ FileStatus: fileStatus('') }) };
    const fake = await start(() => ({ ...status, headers: { date: `${date}, ${date}` } }));
    const storage = hdfsReader(location, { webhdfs: [fake.address] });
    expect(await storage.nowMs(location)).toBe(Date.UTC(2026, 10, 21, 12, 16, 59));
  });

  it('before Hadoop 2.9 is whole directories', async () => {
    const statuses = [fileStatus('a'), fileStatus('b')];
    const fake = await start(({ op }) =>
      op === 'LISTSTATUS'
        ? { json: { FileStatuses: { FileStatus: statuses } } }
        : { exception: 'IllegalArgumentException', status: 400 },
    );
    const storage = hdfsReader(location, { webhdfs: [fake.address] });
    for (let time = 0; time < 2; time++) {
      expect((await storage.listDirectory(location)).map(({ path }) => path)).toEqual([
        '/dir/f/a',
        '/dir/f/b',
      ]);
    }
    expect(fake.requests.map(({ op }) => op)).toEqual(['LISTSTATUS_BATCH', 'LISTSTATUS', 'LISTSTATUS']);
  });

  it('is no directory where it lists the file itself', async () => {
    const fake = await start(() => page([fileStatus('')]));
    expect(await kindOf(remover([fake]).listDirectory(location))).toBe('conflict');
  });
});
