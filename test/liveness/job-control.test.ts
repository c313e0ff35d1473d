// Telling jobs what to do, held against clusters that refuse, fail, talk nonsense or go away in the middle.
import { describe, expect, it } from 'vitest';
import { jsonSender } from '../../src/liveness/http-json.js';
import { JobControl } from '../../src/liveness/job-control.js';
import { systemClock } from '../../src/support/clock.js';
import { type Answering, withServer } from './support.js';

const JOB = 'e8f86c8800a221d3d5197f0b15297b9b';
const REQUEST = '0123456789abcdef0123456789abcdef';

const control = <T>(answer: Answering, use: (control: JobControl) => Promise<T>) =>
  withServer(answer, (url) => use(new JobControl(jsonSender(url, { clock: systemClock }), systemClock)));

/** Accepts whatever is posted, and says this of what came of it. */
const resultIs =
  (result: unknown): Answering =>
  (request, response) => {
    const isPost = request.method === 'POST';
    response.writeHead(isPost ? 202 : 200).end(JSON.stringify(isPost ? { 'request-id': REQUEST } : result));
  };

const savepoint = (job: JobControl) => job.savepoint(JOB, { directory: '/savepoints', format: 'CANONICAL' });

describe('JobControl', () => {
  it('asks once, says what is wanted as Flink wants it, and waits for the result', async () => {
    const asked: string[] = [];
    let polls = 0;
    const answer: Answering = async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      asked.push(`${request.method} ${request.url} ${body}`.trim());
      if (request.method === 'POST')
        return response.writeHead(202).end(JSON.stringify({ 'request-id': REQUEST }));
      const done = {
        status: { id: 'COMPLETED' },
        operation: { location: 'file:/savepoints/savepoint-e8f86c-1' },
      };
      const waiting = { status: { id: 'IN_PROGRESS' }, operation: null };
      return response.end(JSON.stringify(++polls < 2 ? waiting : done));
    };
    const wish = { directory: null, format: 'NATIVE', drain: false } as const;
    expect(await control(answer, (job) => job.stop(JOB, wish))).toBe('file:/savepoints/savepoint-e8f86c-1');
    expect(asked).toEqual([
      `POST /jobs/${JOB}/stop {"drain":false,"formatType":"NATIVE"}`,
      `GET /jobs/${JOB}/savepoints/${REQUEST}`,
      `GET /jobs/${JOB}/savepoints/${REQUEST}`,
    ]);
  });

  it('says why it could not be done: the last cause, without the trace', async () => {
    const trace =
      'java.util.concurrent.CompletionException: org.apache.flink.CheckpointException: triggering failed\n' +
      '\tat java.base/java.lang.Thread.run(Thread.java:840)\n' +
      'Caused by: java.io.IOException: Mkdirs failed to create file:/proc/nope\n\tat a.B.c(B.java:1)\n\t... 3 more\n';
    const failed = { status: { id: 'COMPLETED' }, operation: { 'failure-cause': { 'stack-trace': trace } } };
    await expect(control(resultIs(failed), savepoint)).rejects.toMatchObject({
      code: 'operation-failed',
      message: 'it could not be done: Mkdirs failed to create file:/proc/nope',
    });
  });

  const refusals: readonly [string, number, string, string, RegExp][] = [
    [
      'a job that it does not know',
      404,
      '{"errors":["org.apache.flink.NotFoundException: Job x not found\\n\\tat a"]}',
      'no-such-job',
      /says: Job x not found$/,
    ],
    [
      'a state that does not fit',
      409,
      '{"errors":["the job has already reached another terminal state"]}',
      'cluster-refused',
      /409: the job has already/,
    ],
    [
      'no directory',
      400,
      '{"errors":["Config key [x] is not set."]}',
      'cluster-refused',
      /Config key \[x\] is not set/,
    ],
    [
      'a failure of its own',
      500,
      '{"errors":["Internal server error."]}',
      'cluster-not-understood',
      /500: Internal/,
    ],
    ['a web page', 200, '<html>log in</html>', 'cluster-not-understood', /no JSON/],
    ['a web page as an error', 502, '<html>bad gateway</html>', 'cluster-not-understood', /status 502/],
    ['a redirect', 302, '', 'cluster-not-understood', /redirect/],
    ['something else', 202, '{"ok":true}', 'cluster-not-understood', /request-id/],
  ];
  it.each(refusals)('tells %s', async (...[, status, body, code, message]) => {
    const answer: Answering = (_request, response) => response.writeHead(status).end(body);
    await expect(control(answer, savepoint)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it('says that what was asked for may yet come where the cluster goes away in the middle', async () => {
    const answer: Answering = (request, response) => {
      if (request.method === 'GET') request.socket.destroy();
      else response.writeHead(202).end(JSON.stringify({ 'request-id': REQUEST }));
    };
    await expect(control(answer, savepoint)).rejects.toMatchObject({
      code: 'cluster-unreachable',
      message: expect.stringMatching(/^it was asked for \(request 0123.*what came of it is not known: /),
    });
    await expect(control(answer, (job) => job.cancel(JOB))).rejects.toMatchObject({
      code: 'cluster-unreachable',
      message: expect.stringContaining('the job was told to cancel'),
    });
  });
});
