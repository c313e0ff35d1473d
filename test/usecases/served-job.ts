// A job with its REST API, for as long as a test needs it.
import type { JobEvent } from '../../src/model/job-events.js';
import type { Outcome, Overrides, Workplace } from './run-harness.js';

export interface ServedJob {
  readonly url: URL;
  readonly jobId: string;
  /** What the API answers to `GET path`. */
  get(path: string): Promise<{ readonly status: number; readonly body: unknown }>;
  send(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number; readonly body: unknown }>;
  /** The result of what was asked for. */
  resultOf(path: string, requestId: string): Promise<unknown>;
  /** Resolves when the run is over. */
  readonly outcome: Promise<Outcome>;
}

/** Runs `use` with an endless job that takes checkpoints; the job is cancelled afterwards. */
export async function withServedJob(
  workplace: Workplace,
  use: (job: ServedJob) => Promise<void>,
  overrides: Overrides = {},
): Promise<Outcome> {
  const stop = new AbortController();
  let url = new URL('http://localhost');
  let jobId = '';
  let outcome: Promise<Outcome> | null = null;
  await new Promise<void>((resolve, reject) => {
    const watch = (event: JobEvent) => {
      if (event.kind === 'rest-listening') url = new URL(event.url);
      if (event.kind === 'job-started') jobId = event.jobId;
      if (event.kind === 'checkpoint-completed' && event.checkpointId >= 2) resolve();
    };
    const rest = { host: '127.0.0.1', port: 0 };
    outcome = workplace.run({ job: 'example:page-views', rest, signal: stop.signal, watch, ...overrides });
    outcome.then(({ error }) => reject(error ?? new Error('the job has ended')));
  });
  if (outcome === null) throw new Error('the job has not begun');
  try {
    await use(clientOf(url, jobId, outcome));
  } finally {
    stop.abort();
    await outcome;
  }
  return outcome;
}

function clientOf(url: URL, jobId: string, outcome: Promise<Outcome>): ServedJob {
  const send: ServedJob['send'] = async (method, path, body, headers = {}) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(new URL(path, url), { method, headers, ...sent });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    return { status: response.status, body: isJson ? JSON.parse(text) : text };
  };
  const get = (path: string) => send('GET', path);
  const resultOf = async (path: string, requestId: string): Promise<unknown> => {
    for (;;) {
      const { body } = await get(`${path}/${requestId}`);
      const { status, operation } = body as { status: { id: string }; operation: unknown };
      if (status.id === 'COMPLETED') return operation;
    }
  };
  return { url, jobId, get, send, resultOf, outcome };
}
