// The REST API of a running job, held against what a real Flink cluster answered.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gatherEvidence } from '../../src/liveness/gather.js';
import { judgeEvidence } from '../../src/liveness/judge.js';
import { livenessOf } from '../../src/model/evidence.js';
import { openReader } from '../../src/storage/open.js';
import { systemClock } from '../../src/support/clock.js';
import { Workplace } from './run-harness.js';
import { withServedJob } from './served-job.js';

interface Recorded {
  readonly documents: Readonly<Record<string, { readonly status: number; readonly body: unknown }>>;
  readonly refused: readonly {
    readonly method: string;
    readonly path: string;
    readonly body: unknown;
    readonly status: number;
    readonly error: string;
  }[];
}

const RECORDED: Recorded = JSON.parse(
  readFileSync(new URL('../engine/rest/answers/flink-2.3.0.json', import.meta.url), 'utf8'),
);

let workplace: Workplace;
beforeEach(() => {
  workplace = new Workplace();
});
afterEach(() => workplace.remove());

/** `$.a.b: number` for every field, through the entries of lists; ids as names are all one. */
function shapeOf(value: unknown, at = '$'): string[] {
  if (Array.isArray(value)) return value.flatMap((entry) => shapeOf(entry, `${at}[]`));
  if (typeof value !== 'object' || value === null)
    return [`${at}: ${value === 'NaN' ? 'number' : typeof value}`];
  return Object.entries(value).flatMap(([key, field]) =>
    shapeOf(field, `${at}.${/^[0-9a-f]{32}$/.test(key) ? '<id>' : key}`),
  );
}

/** Null in one of the two says nothing of the shape. */
const NULL_HERE = /: object$/;
const unlike = (theirs: unknown, ours: unknown) => {
  const present = new Set(shapeOf(ours));
  const open = [...present].filter((line) => NULL_HERE.test(line)).map((line) => line.replace(NULL_HERE, ''));
  return [...new Set(shapeOf(theirs))].filter(
    (line) => !present.has(line) && !NULL_HERE.test(line) && !open.some((at) => line.startsWith(at)),
  );
};

describe('the REST API of a job', () => {
  it("has every field of Flink's answers, each of the same type", async () => {
    await withServedJob(workplace, async ({ get, send, resultOf, jobId }) => {
      const savepoints = `/jobs/${jobId}/savepoints`;
      const taken = await send('POST', savepoints, { 'target-directory': workplace.at('savepoints') });
      const trigger = (taken.body as { 'request-id': string })['request-id'];
      await resultOf(savepoints, trigger);
      const { body } = await get(`/jobs/${jobId}/checkpoints`);
      const { id } = (body as { latest: { completed: { id: number } } }).latest.completed;
      const plan = await get(`/jobs/${jobId}/plan`);
      const vertex = (plan.body as { plan: { nodes: { id: string }[] } }).plan.nodes[0]!.id;
      const pathOf = (pattern: string) =>
        pattern
          .replace(/ .*/, '')
          .replace(':jobid', jobId)
          .replace(':id', `${id}`)
          .replace(':vertexid', vertex)
          .replace(':triggerid', trigger);
      for (const [pattern, recorded] of Object.entries(RECORDED.documents)) {
        if (/failed$|checkpoints.:triggerid/.test(pattern)) continue;
        const answer = await get(pathOf(pattern));
        expect(answer.status, pattern).toBe(recorded.status);
        expect(unlike(recorded.body, answer.body), pattern).toEqual([]);
      }
    });
  });

  it('refuses what Flink refuses, with its status and its words', async () => {
    const ours = /BOGUS|savepoints hi|PATCH .*0000/;
    await withServedJob(workplace, async ({ send, jobId }) => {
      for (const { method, path, body, status, error } of RECORDED.refused) {
        // What is asked of a job that does not exist is refused at once here, whatever else is wrong with it.
        if (path.includes('/stop')) continue;
        const answer = await send(method, path.replace(':jobid', jobId), body ?? undefined);
        const name = `${method} ${path} ${JSON.stringify(body)}`;
        expect(answer.status, name).toBe(status);
        const [said] = (answer.body as { errors: string[] }).errors;
        const wanted = error.replace(/for job [0-9a-f]{32}/, `for job ${jobId}`);
        if (!ours.test(name.replaceAll('"', '')))
          expect(said?.replace(/path parameter |\(|\)/g, '')).toBe(
            wanted.replace(/path parameter |\(|\)/g, ''),
          );
      }
    });
  });

  it('is evidence that the job runs, as that of a cluster is', async () => {
    await withServedJob(workplace, async ({ url, jobId }) => {
      const gathered = await gatherEvidence(
        { rest: [url], haDirectories: [], word: { jobs: [], locations: [] } },
        [],
        { openReader, clock: systemClock },
      );
      const evidence = judgeEvidence(gathered, { ofJob: () => null, at: () => null }, systemClock.now());
      expect(evidence.blocks).toEqual([]);
      expect(livenessOf(evidence, jobId)).toMatchObject({
        kind: 'running',
        status: 'RUNNING',
        checkpoints: { hasCompletedOwn: true, restoredId: null },
      });
    });
  });

  it('takes checkpoints and savepoints on demand, and tells where they are', async () => {
    await withServedJob(
      workplace,
      async ({ send, resultOf, jobId }) => {
        const asked = async (path: string, body: object) => {
          const { status, body: answer } = await send('POST', `/jobs/${jobId}/${path}`, body);
          expect(status).toBe(202);
          return resultOf(`/jobs/${jobId}/${path}`, (answer as { 'request-id': string })['request-id']);
        };
        expect(await asked('checkpoints', {})).toEqual({ checkpointId: expect.any(Number) });
        const { location } = (await asked('savepoints', { formatType: 'NATIVE' })) as { location: string };
        expect(location).toMatch(/^file:\/.*\/default\/savepoint-/);
        expect(existsSync(new URL(`${location}/_metadata`))).toBe(true);
        const failed = await asked('savepoints', { 'target-directory': 'file:///dev/null/savepoints' });
        expect(
          unlike(RECORDED.documents['/jobs/:jobid/savepoints/:triggerid failed']?.body, {
            operation: failed,
            status: { id: '' },
          }),
        ).toEqual([]);
      },
      {
        properties: [
          ['execution.checkpointing.interval', '10ms'],
          ['state.savepoints.dir', workplace.at('default')],
        ],
      },
    );
  });

  it('stops the job with a savepoint, and ends when whoever asked has been told', async () => {
    const { report, error } = await withServedJob(workplace, async ({ send, resultOf, jobId, outcome }) => {
      const body = { targetDirectory: workplace.at('savepoints') };
      const asked = await send('POST', `/jobs/${jobId}/stop`, body);
      const id = (asked.body as { 'request-id': string })['request-id'];
      const { location } = (await resultOf(`/jobs/${jobId}/savepoints`, id)) as { location: string };
      expect(existsSync(new URL(`${location}/_metadata`))).toBe(true);
      await outcome;
    });
    expect(error).toBeNull();
    expect(report?.state).toBe('FINISHED');
  });

  it('cancels the job', async () => {
    const { report } = await withServedJob(workplace, async ({ send, get, jobId, outcome }) => {
      expect(await send('PATCH', `/jobs/${jobId}?mode=cancel`)).toEqual({ status: 202, body: {} });
      for (let state = ''; state !== 'CANCELED'; ) {
        state = ((await get(`/jobs/${jobId}`)).body as { state: string }).state;
        expect(['CANCELLING', 'CANCELED']).toContain(state);
      }
      await outcome;
    });
    expect(report?.state).toBe('CANCELED');
  });

  it('answers no web page from elsewhere, and no request that was meant for another server', async () => {
    await withServedJob(workplace, async ({ send, jobId, url }) => {
      const cancel = (headers: Record<string, string>) =>
        send('PATCH', `/jobs/${jobId}?mode=cancel`, undefined, headers);
      expect((await cancel({ origin: 'https://example.org' })).status).toBe(403);
      expect((await send('GET', '/jobs', undefined, { origin: url.origin })).status).toBe(200);
      const big = { 'target-directory': 'x'.repeat(100_000) };
      expect((await send('POST', `/jobs/${jobId}/savepoints`, big)).status).toBe(413);
    });
  });

  it('tells Prometheus what Flink tells it', async () => {
    await withServedJob(workplace, async ({ get, jobId }) => {
      const { body } = await get('/metrics');
      const lines = String(body).trimEnd().split('\n');
      expect(
        lines.every((line) => /^(# (HELP|TYPE) \w+ .+|\w+\{(\w+="[^"]*",?)+\} -?[\d.e+-]+)$/.test(line)),
      ).toBe(true);
      expect(body).toContain(
        `flink_jobmanager_job_numberOfCompletedCheckpoints{job_id="${jobId}",job_name="page-views"`,
      );
      expect(body).toMatch(
        /flink_taskmanager_job_task_numRecordsOut\{[^}]*task_name="Source: Page Views"[^}]*\} [1-9]/,
      );
    });
  });

  it('does not begin the job where its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const { error, events } = await workplace.run({ rest: { host: '127.0.0.1', port } });
    other.close();
    expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining('EADDRINUSE') });
    expect(events).toEqual([]);
  });
});
