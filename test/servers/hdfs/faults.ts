// Real servers that break, and a proxy that breaks what a real server answers. Whatever happens, nothing reads as
// absent.
import { describe, expect, it, vi } from 'vitest';
import { child, type Location } from '../../../src/model/location.js';
import type { HdfsSettings } from '../../../src/storage/hdfs/open.js';
import { kindOf, listAll, text } from '../../contract/storage-contract.js';
import { type Exchange, type Fault, startFaultProxy } from '../../support/fault-proxy.js';
import { directoryWith, openHdfs, retryThrice } from './calls.js';
import type { HdfsCluster } from './cluster.js';

const NAMES = Array.from({ length: 60 }, (_, i) => `d/${String(i).padStart(2, '0')}`);
const EXPECTED = ['/d', ...NAMES.map((name) => `/${name}`)];

const isSecondPage = ({ target }: Exchange): boolean => target.includes('startAfter=');
const isListing = ({ target }: Exchange): boolean => target.includes('op=LISTSTATUS_BATCH');
const once = (matches: (exchange: Exchange) => boolean, fault: Fault) => {
  let done = false;
  return (exchange: Exchange): Fault | null => {
    if (done || !matches(exchange)) return null;
    done = true;
    return fault;
  };
};
const html: Fault = { kind: 'answer', answer: { status: 404, body: Buffer.from('<html>Not Found</html>') } };
const exception = (name: string, status: number): Fault => {
  const body = Buffer.from(JSON.stringify({ RemoteException: { exception: name, message: 'made up' } }));
  return { kind: 'answer', answer: { status, body, headers: { 'content-type': 'application/json' } } };
};
const EMPTY_LISTING = {
  DirectoryListing: { partialListing: { FileStatuses: { FileStatus: [] } }, remainingEntries: 0 },
};

export function faultsOf(clusterNow: () => HdfsCluster): void {
  let root: Location | undefined;
  const tree = async (): Promise<Location> => {
    root ??= await directoryWith(clusterNow(), NAMES);
    return root;
  };
  /** The names below the tree as listed through a proxy, or the kind of the error. */
  const listed = async (fault: (exchange: Exchange) => Fault | null, settings: HdfsSettings = {}) => {
    const cluster = clusterNow();
    const location = await tree();
    const proxy = await startFaultProxy(`http://${cluster.nameNodes[0]!.httpAddress}`, fault);
    try {
      const storage = openHdfs(cluster, { webhdfs: [new URL(proxy.endpoint).host], ...settings });
      let paths: readonly string[] = [];
      const kind = await kindOf(
        listAll(storage, location).then(({ entries }) => {
          paths = entries.map(({ path }) => path.slice(location.path.length));
        }),
      );
      return kind === 'none' ? paths : kind;
    } finally {
      await proxy.stop();
    }
  };

  describe('a listing through a proxy', () => {
    const faults: readonly (readonly [string, (exchange: Exchange) => boolean, Fault, string])[] = [
      [
        'a connection reset in the middle of a page',
        isSecondPage,
        { kind: 'reset', afterBytes: 100 },
        'unavailable',
      ],
      ['an error on page 2', isSecondPage, exception('IOException', 403), 'unavailable'],
      ['a RetriableException', isListing, exception('RetriableException', 403), 'unavailable'],
      ['a 503', isListing, { kind: 'answer', answer: { status: 503 } }, 'unavailable'],
      [
        'a 503 with Retry-After',
        isSecondPage,
        { kind: 'answer', answer: { status: 503, headers: { 'retry-after': '0' } } },
        'throttled',
      ],
      ["a 404 that is not the NameNode's", isListing, html, 'unavailable'],
      [
        'a page that is empty once',
        isListing,
        {
          kind: 'change',
          change: (answer) => ({ ...answer, body: Buffer.from(JSON.stringify(EMPTY_LISTING)) }),
        },
        'unavailable',
      ],
    ];

    it.each(faults)('takes %s for what it is', async (_, matches, fault, kind) => {
      expect(await listed(once(matches, fault))).toBe(kind);
    });

    it.each(faults)('is complete after %s, where it tries again', async (_, matches, fault) => {
      expect(await listed(once(matches, fault), { retry: retryThrice })).toEqual(EXPECTED);
    });

    it('is corrupt where the answer is another document, or half of one', async () => {
      const other: Fault = { kind: 'change', change: (answer) => ({ ...answer, body: Buffer.from('{}') }) };
      expect(await listed(once(isSecondPage, other))).toBe('corrupt');
      const half: Fault = {
        kind: 'change',
        change: (answer) => ({ ...answer, body: answer.body.subarray(0, answer.body.length / 2) }),
      };
      expect(await listed(once(isSecondPage, half))).toBe('corrupt');
    });

    it('asks the other NameNode where one is in standby, and is unavailable where that is all there is', async () => {
      const cluster = clusterNow();
      const location = await tree();
      const active = cluster.nameNodes[0]!.httpAddress;
      const proxy = await startFaultProxy(`http://${active}`, () => exception('StandbyException', 403));
      try {
        const standby = new URL(proxy.endpoint).host;
        const pair = openHdfs(cluster, { webhdfs: [standby, active] });
        expect((await listAll(pair, location)).entries).toHaveLength(EXPECTED.length);
        expect((await pair.stat(child(location, NAMES[0]!))).type).toBe('file');
        const alone = openHdfs(cluster, { webhdfs: [standby] });
        expect(await kindOf(listAll(alone, location))).toBe('unavailable');
        expect(await kindOf(alone.stat(location))).toBe('unavailable');
        expect(await kindOf(alone.read(child(location, NAMES[0]!)))).toBe('unavailable');
      } finally {
        await proxy.stop();
      }
    });

    it('gives up on a slow answer', async () => {
      const slow = once(isListing, { kind: 'delay', ms: 10_000 });
      expect(await listed(slow, { limits: { connectMs: 5000, silenceMs: 300 } })).toBe('unavailable');
    });
  });

  describe('a read through a proxy', () => {
    /** The kind of the error of a read whose bytes pass a proxy before the DataNode. */
    const readKind = async (fault: Fault): Promise<string> => {
      const cluster = clusterNow();
      const location = child(await tree(), NAMES[0]!);
      const dataNode = await startFaultProxy(
        `http://${await dataNodeAddress(cluster, location)}`,
        () => fault,
      );
      const nameNode = await startFaultProxy(`http://${cluster.nameNodes[0]!.httpAddress}`, ({ target }) =>
        target.includes('op=OPEN') ? { kind: 'change', change: redirectTo(dataNode.endpoint) } : null,
      );
      try {
        const limits = { connectMs: 5000, silenceMs: 300 };
        const storage = openHdfs(cluster, { webhdfs: [new URL(nameNode.endpoint).host], limits });
        return await kindOf(storage.read(location));
      } finally {
        await nameNode.stop();
        await dataNode.stop();
      }
    };

    it('is unavailable where the connection breaks, falls silent or answers nonsense', async () => {
      expect(await readKind({ kind: 'reset', afterBytes: 2 })).toBe('unavailable');
      expect(await readKind({ kind: 'delay', ms: 10_000 })).toBe('unavailable');
      expect(await readKind({ kind: 'answer', answer: { status: 502 } })).toBe('unavailable');
      expect(await readKind(html)).toBe('unavailable');
    });

    it('does not believe a DataNode that does not find what the NameNode has', async () => {
      expect(await readKind(exception('FileNotFoundException', 404))).toBe('unavailable');
    });

    it('passes on what the NameNode refuses', async () => {
      expect(await readKind(exception('AccessControlException', 403))).toBe('denied');
    });
  });

  describe('a cluster that breaks', () => {
    it('is unavailable while its NameNode hangs, and goes on afterwards', async () => {
      const cluster = clusterNow();
      const location = await tree();
      const storage = openHdfs(cluster, { limits: { connectMs: 2000, silenceMs: 300 } });
      const { daemon } = cluster.nameNodes[0]!;
      daemon.signal('SIGSTOP');
      try {
        // the last of its threads stops a moment after the signal
        await vi.waitFor(
          async () => expect(await kindOf(storage.stat(location))).toBe('unavailable'),
          20_000,
        );
        expect(await kindOf(listAll(storage, location))).toBe('unavailable');
        expect(await kindOf(storage.makeDirectory(location))).toBe('unavailable');
      } finally {
        daemon.signal('SIGCONT');
      }
      expect((await openHdfs(cluster).stat(location)).type).toBe('directory');
    });

    it('lists and removes when its DataNode is dead, and says of reads that they are unavailable', async () => {
      const cluster = clusterNow();
      const location = await tree();
      const storage = openHdfs(cluster);
      await cluster.dataNode.kill();
      expect(await kindOf(storage.read(child(location, NAMES[0]!)))).toBe('unavailable');
      expect(await kindOf(storage.readRange(child(location, NAMES[0]!), 0, 1))).toBe('unavailable');
      expect(await kindOf(storage.put(child(location, 'new'), text('x')))).toBe('unavailable');
      expect((await listAll(storage, location)).entries).toHaveLength(EXPECTED.length);
      expect(await storage.remove([child(location, NAMES[1]!)])).toMatchObject([{ outcome: 'removed' }]);
    });
  });
}

async function dataNodeAddress(cluster: HdfsCluster, file: Location): Promise<string> {
  const { httpAddress } = cluster.nameNodes[0]!;
  const response = await fetch(`http://${httpAddress}/webhdfs/v1${file.path}?op=OPEN&noredirect=true`);
  return new URL(((await response.json()) as { Location: string }).Location).host;
}

function redirectTo(endpoint: string): Extract<Fault, { kind: 'change' }>['change'] {
  return (answer) => {
    const { Location } = JSON.parse(answer.body.toString());
    const { pathname, search } = new URL(Location);
    const body = Buffer.from(JSON.stringify({ Location: `${endpoint}${pathname}${search}` }));
    return { ...answer, body };
  };
}
