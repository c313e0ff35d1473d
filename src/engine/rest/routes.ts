// From a method and a path to an answer: Flink's paths, and two of our own, `/` and `/metrics`. An unknown path is a 404
// as Flink says it. Source: Flink WebMonitorEndpoint and the MessageHeaders of its handlers.
import type { JobVertex } from '../job/job-graph.js';
import {
  checkpointConfig,
  checkpointDetails,
  checkpointStatistics,
  subtaskDetails,
} from './checkpoint-answers.js';
import type { CheckpointRecord } from './checkpoint-history.js';
import * as answers from './job-answers.js';
import {
  type Body,
  type CommandWorld,
  cancelJob,
  END_OF_JOB,
  stopJob,
  triggerCheckpoint,
  triggerSavepoint,
} from './job-commands.js';
import { METRICS_TYPE, prometheusMetrics } from './metrics.js';
import { PAGE, PAGE_TYPE } from './page.js';
import { RestError } from './rest-error.js';

export interface RestWorld extends CommandWorld {
  readonly takesCheckpoints: boolean;
}

export interface RestRequest {
  readonly method: string;
  /** Without a query, and without the `/v1` that clients may put before it. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Body;
}

export interface RestAnswer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const JSON_TYPE = 'application/json; charset=UTF-8';

interface Asked extends RestRequest {
  /** What stands in the path where the pattern has a `:name`. */
  readonly at: Readonly<Record<string, string>>;
}

/** Gives a document for 200, or an answer. */
type Handler = (world: RestWorld, asked: Asked) => object;

/** Method and path, and what answers. Most are Flink's, with what they are in Flink. */
const ROUTES: readonly (readonly [method: string, pattern: string, handler: Handler])[] = [
  ['GET', '/', () => ({ status: 200, type: PAGE_TYPE, text: PAGE })],
  [
    'GET',
    '/metrics',
    ({ monitor }) => ({ status: 200, type: METRICS_TYPE, text: prometheusMetrics(monitor) }),
  ],
  ['GET', '/config', () => answers.dashboardConfig()],
  ['GET', '/overview', ({ monitor }) => answers.clusterOverview(monitor)],
  ['GET', '/jobs', ({ monitor }) => answers.jobIds(monitor)],
  ['GET', '/jobs/overview', ({ monitor }) => answers.jobsOverview(monitor)],
  ['GET', '/jobs/:jobid', (world) => toldOfEnd(world, answers.jobDetails(world.monitor))],
  ['PATCH', '/jobs/:jobid', cancel],
  ['GET', '/jobs/:jobid/status', (world) => toldOfEnd(world, { status: world.monitor.state })],
  ['GET', '/jobs/:jobid/config', ({ monitor, configuration }) => answers.jobConfig(monitor, configuration)],
  ['GET', '/jobs/:jobid/plan', ({ monitor }) => answers.jobPlan(monitor)],
  ['GET', '/jobs/:jobid/exceptions', ({ monitor }) => answers.jobExceptions(monitor)],
  ['GET', '/jobs/:jobid/checkpoints', ({ monitor }) => checkpointStatistics(monitor)],
  ['POST', '/jobs/:jobid/checkpoints', (world, { body }) => accepted(triggerCheckpoint(world, body))],
  ['GET', '/jobs/:jobid/checkpoints/config', ({ configuration }) => checkpointConfig(configuration)],
  ['GET', '/jobs/:jobid/checkpoints/details/:id', (world, asked) => details(world, asked)],
  [
    'GET',
    '/jobs/:jobid/checkpoints/details/:id/subtasks/:vertexid',
    (world, asked) => subtaskDetails(checkpointOf(world, asked), vertexOf(world, asked)),
  ],
  ['GET', '/jobs/:jobid/checkpoints/:triggerid', (world, asked) => operation(world, asked, 'checkpoint')],
  ['POST', '/jobs/:jobid/savepoints', (world, { body }) => accepted(triggerSavepoint(world, body))],
  ['GET', '/jobs/:jobid/savepoints/:triggerid', (world, asked) => operation(world, asked, 'savepoint')],
  ['POST', '/jobs/:jobid/stop', (world, { body }) => accepted(stopJob(world, body))],
  [
    'GET',
    '/jobs/:jobid/vertices/:vertexid/backpressure',
    (world, asked) => answers.backPressure(world.monitor, vertexOf(world, asked)),
  ],
];

/** All of them, as `GET /jobs/:jobid`: docs/jobs.md lists them. */
export const PATHS: readonly string[] = ROUTES.map(([method, pattern]) => `${method} ${pattern}`);

/** Throws RestError. */
export function answer(world: RestWorld, request: RestRequest): RestAnswer {
  for (const [method, pattern, handler] of ROUTES) {
    const at = method === request.method ? match(pattern, request.path) : null;
    if (at === null) continue;
    checkJob(world, at);
    if (method === 'GET' && request.path.includes('/checkpoints')) checkCheckpointing(world);
    const result = handler(world, { ...request, at });
    return isAnswer(result) ? result : jsonAnswer(200, result);
  }
  throw new RestError(404, `Not found: ${request.path}`);
}

export function jsonAnswer(status: number, document: object): RestAnswer {
  return { status, type: JSON_TYPE, text: JSON.stringify(document) };
}

/** What stands where the pattern has names; null where it does not fit. */
function match(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const at: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const text = given[index] ?? '';
    if (part.startsWith(':') && text !== '') at[part.slice(1)] = text;
    else if (part !== text) return null;
  }
  return at;
}

const HEX_ID = /^[0-9a-f]{32}$/i;

function checkJob({ monitor }: RestWorld, at: Readonly<Record<string, string>>): void {
  const { jobid, triggerid } = at;
  for (const [name, id] of Object.entries({ jobid, triggerid })) {
    if (id !== undefined && !HEX_ID.test(id)) throw unreadable(name, id);
  }
  if (jobid !== undefined && jobid.toLowerCase() !== monitor.job.jobId)
    throw new RestError(404, `Job ${jobid} not found`);
}

function checkCheckpointing({ takesCheckpoints }: RestWorld): void {
  if (!takesCheckpoints) throw new RestError(404, 'Checkpointing has not been enabled');
}

function unreadable(name: string, value: string): RestError {
  return new RestError(
    400,
    `Bad request, could not parse parameters: Cannot resolve ${name} from value "${value}".`,
  );
}

function cancel(world: RestWorld, { query }: Asked): object {
  const mode = query.get('mode') ?? 'cancel';
  if (mode !== 'cancel') throw unreadable('query parameter (mode)', mode);
  return accepted(cancelJob(world));
}

function details(world: RestWorld, asked: Asked): object {
  return checkpointDetails(checkpointOf(world, asked), world.monitor.graph);
}

function checkpointOf({ monitor }: RestWorld, { at: { id = '' } }: Asked): CheckpointRecord {
  if (!/^\d{1,15}$/.test(id)) throw unreadable('path parameter (checkpointid)', id);
  const record = monitor.checkpoints.find(Number(id));
  if (record === null)
    throw new RestError(404, `Could not find checkpointing statistics for checkpoint ${id}.`);
  return record;
}

function vertexOf({ monitor }: RestWorld, { at: { vertexid = '' } }: Asked): JobVertex {
  const vertex = monitor.graph.vertices.find(({ head }) => head.id === vertexid);
  if (vertex === undefined) throw new RestError(404, `No vertex with ID ${vertexid} exists.`);
  return vertex;
}

function operation(
  { operations, monitor }: RestWorld,
  { at: { triggerid = '' } }: Asked,
  kind: string,
): object {
  const status = operations.status(triggerid);
  if (status !== null) return status;
  const { jobId } = monitor.job;
  throw new RestError(404, `There is no ${kind} operation with triggerId=${triggerid} for job ${jobId}.`);
}

/** Whoever has cancelled the job has been told what became of it. */
function toldOfEnd({ monitor, operations }: RestWorld, document: object): object {
  if (monitor.hasEnded) operations.pay(END_OF_JOB);
  return document;
}

function accepted(document: object): RestAnswer {
  return jsonAnswer(202, document);
}

function isAnswer(result: object): result is RestAnswer {
  return 'status' in result && typeof result.status === 'number';
}
