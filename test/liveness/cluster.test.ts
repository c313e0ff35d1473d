import { describe, expect, it } from 'vitest';
import { askCluster } from '../../src/liveness/cluster.js';
import { jsonEndpoint } from '../../src/liveness/http-json.js';
import { ManualClock, systemClock } from '../../src/support/clock.js';
import { type Answering, RECORDED, recorded, withServer } from './support.js';

const { job, second } = RECORDED;
const ask = (answer: Answering) =>
  withServer(answer, (url) => askCluster(jsonEndpoint(url, { clock: systemClock, mostBytes: 100_000 })));

interface Statistics {
  counts: { in_progress: number };
  latest: { completed: unknown };
  history: { id: number; status: string; discarded?: boolean; is_savepoint: boolean }[];
}

describe('askCluster', () => {
  it('tells what a running job retains', async () => {
    const { flinkVersion, jobs } = await ask(recorded('running'));
    expect(flinkVersion).toBe('2.3.0');
    expect(jobs).toHaveLength(1);
    const [{ id, name, status, endedMs, checkpoints, pins }] = jobs as [(typeof jobs)[0]];
    expect({ id, name, status, endedMs }).toEqual({
      id: job,
      name: 'sums of numbers',
      status: 'RUNNING',
      endedMs: null,
    });
    expect(checkpoints).toEqual({
      lowestRetainedId: 17n,
      latestCompletedId: 17n,
      latestCompletedTriggerMs: expect.any(Number),
      oldestInProgressId: null,
      oldestInProgressTriggerMs: null,
      restoredId: null,
      hasCompletedOwn: true,
      timeoutMs: 600_000,
    });
    expect(pins.map(({ path }) => path)).toEqual([`file:/data/flink/checkpoint/${job}/chk-17`]);
  });

  it('tells when a job ended', async () => {
    const { jobs } = await ask(recorded('canceled'));
    expect(jobs).toEqual([
      expect.objectContaining({
        id: job,
        status: 'CANCELED',
        endedMs: expect.any(Number),
        checkpointTimeoutMs: 600_000,
      }),
    ]);
    expect(jobs[0]?.pins).toEqual([]);
  });

  it('pins what a job was restored from', async () => {
    const { jobs } = await ask(recorded('restored'));
    const restored = jobs.find(({ id }) => id === second);
    expect(restored?.checkpoints?.restoredId).toBe(20n);
    expect(restored?.pins[0]).toEqual({
      path: expect.stringMatching(new RegExp(`^file:/+data/flink/checkpoint/${job}/chk-20/?$`)),
      reason: `job ${second} was restored from it`,
    });
  });

  it('does not need what older versions lack', async () => {
    const { jobs } = await ask(
      recorded('running', (path, body) => {
        if (path !== '/jobs/overview') return body;
        const overview = body as { jobs: Record<string, unknown>[] };
        for (const one of overview.jobs)
          for (const key of ['jobType', 'schedulerType', 'pending-operators']) delete one[key];
        return overview;
      }),
    );
    expect(jobs).toHaveLength(1);
  });

  it('counts a job without checkpoints as running and tells nothing of them', async () => {
    const { jobs } = await ask((request, response) => {
      if (!request.url?.includes('/checkpoints')) return recorded('running')(request, response);
      response.writeHead(404).end('{"errors":["Checkpointing has not been enabled."]}');
    });
    expect(jobs[0]).toMatchObject({ endedMs: null, checkpoints: null, pins: [], checkpointTimeoutMs: null });
  });

  it.each(['RUNNING', 'SUSPENDED', 'RECONCILING', 'RESTARTING', 'FAILING', 'CANCELLING', 'NEW_IN_4_0'])(
    'takes a job that is %s for one that goes on',
    async (state) => {
      const { jobs } = await ask(
        recorded('canceled', (path, body) => {
          if (path === '/jobs/overview') (body as { jobs: { state: string }[] }).jobs[0]!.state = state;
          return body;
        }),
      );
      expect(jobs[0]?.endedMs).toBeNull();
    },
  );

  it('takes for under way from the very first what the short history does not show', async () => {
    const { jobs } = await ask(
      recorded('running', (path, body) => {
        if (path.endsWith('/checkpoints')) (body as Statistics).counts.in_progress = 2;
        return body;
      }),
    );
    expect(jobs[0]?.checkpoints).toMatchObject({ oldestInProgressId: 0n, oldestInProgressTriggerMs: 0 });
  });

  it('tells the oldest checkpoint under way, and leaves discarded ones and savepoints out of what is retained', async () => {
    const { jobs } = await ask(
      recorded('running', (path, body) => {
        if (!path.endsWith('/checkpoints')) return body;
        const statistics = body as Statistics;
        const [newest, second, third, fourth] = statistics.history;
        statistics.counts.in_progress = 1;
        newest!.status = 'IN_PROGRESS';
        second!.discarded = false;
        third!.is_savepoint = true;
        third!.discarded = false;
        fourth!.discarded = true;
        return statistics;
      }),
    );
    expect(jobs[0]?.checkpoints).toMatchObject({ oldestInProgressId: 17n, lowestRetainedId: 16n });
  });
});

describe('the lowest checkpoint that a job retains', () => {
  interface Counted extends Statistics {
    counts: { in_progress: number; total: number; restored: number };
  }
  const lowestWhere = async (change: (statistics: Counted) => void) => {
    const { jobs } = await ask(
      recorded('running', (path, body) => {
        if (path.endsWith('/checkpoints')) change(body as Counted);
        return body;
      }),
    );
    return jobs[0]?.checkpoints?.lowestRetainedId;
  };

  it('is known from one below it that was discarded', async () => {
    expect(
      await lowestWhere(({ history }) => {
        for (const entry of history.slice(0, 4)) entry.discarded = false;
      }),
    ).toBe(14n);
  });

  it('is not known where all of a short history are retained', async () => {
    expect(
      await lowestWhere(({ history }) => {
        for (const entry of history) entry.discarded = false;
      }),
    ).toBeNull();
  });

  it('is known from a history that has all since the job was first started, and not after a recovery', async () => {
    const whole = (restored: number) =>
      lowestWhere(({ counts, history }) => {
        for (const entry of history) entry.discarded = false;
        counts.total = history.length;
        counts.restored = restored;
      });
    expect(await whole(0)).toBe(8n);
    expect(await whole(1)).toBeNull();
  });
});

describe('what is no answer of Flink', () => {
  const hostile: readonly (readonly [string, Answering, string, RegExp])[] = [
    ['a web page', (_, response) => response.end('<html>login</html>'), 'evidence-not-understood', /no JSON/],
    [
      'a redirect',
      (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      'evidence-not-understood',
      /redirect/,
    ],
    [
      'an error of the server',
      (_, response) => response.writeHead(500).end('{}'),
      'evidence-unreachable',
      /status 500/,
    ],
    ['a refusal', (_, response) => response.writeHead(401).end('{}'), 'evidence-unreachable', /status 401/],
    [
      'a 404 for everything',
      (_, response) => response.writeHead(404).end('{}'),
      'evidence-not-understood',
      /404/,
    ],
    [
      'JSON of something else',
      (_, response) => response.end('{"a":1}'),
      'evidence-not-understood',
      /flink-version/,
    ],
    ['null', (_, response) => response.end('null'), 'evidence-not-understood', /something else/],
    [
      'no end',
      (_, response) => response.write(`"${'x'.repeat(200_000)}`),
      'evidence-unreachable',
      /more than 100000/,
    ],
    ['a broken connection', (request) => request.socket.destroy(), 'evidence-unreachable', /cannot be asked/],
    [
      'fewer bytes than it says',
      (request, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{"flink-version":"1"}');
        setImmediate(() => request.socket.destroy());
      },
      'evidence-unreachable',
      /cannot be asked/,
    ],
    [
      'a job id that is a path',
      recorded('running', (path, body) =>
        path === '/jobs/overview'
          ? { jobs: [{ jid: '../config', name: '', state: 'RUNNING', 'end-time': -1 }] }
          : body,
      ),
      'evidence-not-understood',
      /jobs\.0\.jid/,
    ],
    [
      'ids that are none',
      recorded('running', (path, body) => {
        if (path.endsWith('/checkpoints')) (body as Statistics).history[0]!.id = 1.5;
        return body;
      }),
      'evidence-not-understood',
      /history\.0\.id/,
    ],
  ];
  it.each(hostile)('is told as such: %s', async (_, answer, code, message) => {
    await expect(ask(answer)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('is nothing at all after a while', async () => {
    const clock = new ManualClock(0);
    await withServer(
      () => clock.advance(20_000),
      async (url) => {
        await expect(askCluster(jsonEndpoint(url, { clock }))).rejects.toMatchObject({
          code: 'evidence-unreachable',
          message: expect.stringContaining('no answer within 20 s'),
        });
      },
    );
  });

  it('is a port at which nobody listens', async () => {
    const url = await withServer(
      () => {},
      async (closed) => closed,
    );
    await expect(askCluster(jsonEndpoint(url, { clock: systemClock }))).rejects.toMatchObject({
      code: 'evidence-unreachable',
    });
  });
});

describe('jsonEndpoint', () => {
  it('keeps the path of its URL, and sends credentials without ever showing them', async () => {
    const asked: string[] = [];
    await withServer(
      (request, response) => {
        asked.push(`${request.url} ${request.headers.authorization}`);
        response.writeHead(403).end();
      },
      async ({ port }) => {
        const url = new URL(`http://me:se%3Acret@127.0.0.1:${port}/proxy/v1/`);
        const endpoint = jsonEndpoint(url, { clock: systemClock });
        const failure = await endpoint.get('/config').catch((error: Error) => error);
        expect(`${endpoint.name} ${JSON.stringify(failure)} ${failure}`).not.toContain('cret');
      },
    );
    expect(asked).toEqual([`/proxy/v1/config Basic ${Buffer.from('me:se:cret').toString('base64')}`]);
  });
});
