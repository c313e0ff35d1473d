// Tells the jobs of a Flink cluster what to do, over its REST API, and waits until it is done. What is asked for is asked
// once: a request that may have arrived is never sent again. Source: Flink RestClusterClient.
import type { ZodType } from 'zod';
import type { Clock } from '../support/clock.js';
import { UsageError } from '../support/errors.js';
import { ClusterError } from './cluster-error.js';
import { EvidenceError } from './evidence-error.js';
import type { JsonAnswer, JsonSender } from './http-json.js';
import { reasonIn } from './java-trace.js';
import {
  CheckpointEntry,
  type CheckpointEntryAnswer,
  Errors,
  type JobEntry,
  JobStatus,
  Jobs,
  type Operation,
  OperationStatus,
  Triggered,
} from './job-answers.js';

/** How often is asked whether it is done. */
const POLL_MS = 200;
const ENDED: readonly string[] = ['FINISHED', 'CANCELED', 'FAILED'];

/** Of a savepoint: what the cluster is told of it. */
export interface SavepointWish {
  /** Null for the cluster's own default. */
  readonly directory: string | null;
  readonly format: 'CANONICAL' | 'NATIVE';
}

export class JobControl {
  readonly #sender: JsonSender;
  readonly #clock: Clock;

  constructor(sender: JsonSender, clock: Clock) {
    this.#sender = sender;
    this.#clock = clock;
  }

  /** The cluster's URL, without credentials. */
  get cluster(): string {
    return this.#sender.name;
  }

  async jobs(): Promise<readonly JobEntry[]> {
    return (await this.#ask('GET', '/jobs/overview', Jobs)).jobs;
  }

  /** What there is at `path`; null where the cluster knows of nothing there. */
  async look<T>(path: string, form: ZodType<T>): Promise<T | null> {
    const answer = await this.#send('GET', path);
    if (answer.status === 404) return null;
    if (answer.status !== 200) throw this.#refused(path, answer);
    return this.#read(answer, path, form);
  }

  /** Takes a checkpoint now. Throws a ClusterError where it does not become complete. */
  async triggerCheckpoint(jobId: string): Promise<CheckpointEntryAnswer> {
    const { checkpointId } = await this.#operate(jobId, 'checkpoints', {});
    if (checkpointId === undefined) throw this.#strange('no number of a checkpoint');
    return this.#ask('GET', `/jobs/${jobId}/checkpoints/details/${checkpointId}`, CheckpointEntry);
  }

  /** Takes a savepoint; returns where it is. Throws a ClusterError where it does not become complete. */
  async savepoint(jobId: string, { directory, format }: SavepointWish): Promise<string> {
    const target = directory === null ? {} : { 'target-directory': directory };
    const body = { ...target, 'cancel-job': false, formatType: format };
    return this.#located(await this.#operate(jobId, 'savepoints', body));
  }

  /** Stops the job with a savepoint; returns where that is. With `drain` it emits its last watermark before. */
  async stop(
    jobId: string,
    { directory, format, drain }: SavepointWish & { readonly drain: boolean },
  ): Promise<string> {
    const target = directory === null ? {} : { targetDirectory: directory };
    const body = { ...target, drain, formatType: format };
    return this.#located(await this.#operate(jobId, 'stop', body));
  }

  /** Cancels the job; returns the state that it ended in. */
  async cancel(jobId: string): Promise<string> {
    await this.#accepted('PATCH', `/jobs/${jobId}?mode=cancel`);
    for (;;) {
      const { state } = await this.#follow(
        'the job was told to cancel, and whether it has ended is not known',
        () => this.#ask('GET', `/jobs/${jobId}`, JobStatus),
      );
      if (ENDED.includes(state)) return state;
      await this.#pause();
    }
  }

  /** Asks for what takes a while, and for its result until there is one. */
  async #operate(
    jobId: string,
    what: 'checkpoints' | 'savepoints' | 'stop',
    body: object,
  ): Promise<Operation> {
    const answer = await this.#accepted('POST', `/jobs/${jobId}/${what}`, body);
    const { 'request-id': id } = this.#read(answer, `/jobs/${jobId}/${what}`, Triggered);
    const results = `/jobs/${jobId}/${what === 'stop' ? 'savepoints' : what}/${id}`;
    for (;;) {
      const { status, operation } = await this.#follow(
        `it was asked for (request ${id}), and what came of it is not known`,
        () => this.#ask('GET', results, OperationStatus),
      );
      if (status.id === 'COMPLETED') return this.#succeeded(operation ?? {});
      await this.#pause();
    }
  }

  #succeeded(operation: Operation): Operation {
    const cause = operation['failure-cause'];
    if (cause === undefined) return operation;
    throw new ClusterError('operation-failed', `it could not be done: ${reasonIn(cause['stack-trace'])}`, {
      where: this.cluster,
      next: 'the job goes on; see its log for the whole reason',
    });
  }

  #located({ location }: Operation): string {
    if (location === undefined) throw this.#strange('no place of a savepoint');
    return location;
  }

  async #accepted(method: string, path: string, body?: object): Promise<JsonAnswer> {
    const answer = await this.#send(method, path, body);
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw this.#refused(path, answer);
  }

  async #ask<T>(method: string, path: string, form: ZodType<T>): Promise<T> {
    return this.#read(await this.#accepted(method, path), path, form);
  }

  async #send(method: string, path: string, body?: object): Promise<JsonAnswer> {
    try {
      return await this.#sender.send(method, path, body);
    } catch (thrown) {
      throw thrown instanceof EvidenceError ? asClusterError(thrown) : thrown;
    }
  }

  #read<T>({ value }: JsonAnswer, path: string, form: ZodType<T>): T {
    const { success, data, error } = form.safeParse(value);
    if (success) return data;
    const [issue] = error.issues;
    throw this.#strange(
      `something else than Flink does to ${path} (${issue?.path.join('.')}: ${issue?.message})`,
    );
  }

  #refused(path: string, { status, value }: JsonAnswer): Error {
    const { success, data } = Errors.safeParse(value);
    const said = success ? reasonIn(String(data.errors[0] ?? '')) : '';
    if (status === 404 && success && path.startsWith('/jobs/'))
      return new UsageError(`${this.cluster} says: ${said || 'not found'}`, {
        code: 'no-such-job',
        where: this.cluster,
        next: 'ckpt jobs --rest URL shows the jobs that it knows',
      });
    return new ClusterError(
      status >= 500 || !success ? 'cluster-not-understood' : 'cluster-refused',
      `${this.cluster} answers with status ${status}${said === '' ? '' : `: ${said}`}`,
      { where: `${this.cluster}${path}`, next: NEXT_OF_STATUS[status] ?? 'see the log of the JobManager' },
    );
  }

  #strange(what: string): ClusterError {
    return new ClusterError('cluster-not-understood', `${this.cluster} answers with ${what}`, {
      where: this.cluster,
      next: 'give the URL of the JobManager’s REST API, as the web interface has it, without /#/…',
    });
  }

  /** What was asked for is under way: where the cluster is lost now, its outcome is not known. */
  async #follow<T>(known: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (cause) {
      if (!(cause instanceof ClusterError)) throw cause;
      const { message, where, code } = cause;
      throw new ClusterError(code as 'cluster-unreachable', `${known}: ${message}`, {
        ...(where !== undefined && { where }),
        next: 'look with ckpt jobs, and with ckpt list at where its snapshots are, before you ask again',
        cause,
      });
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.schedule(POLL_MS, resolve);
    });
  }
}

const NEXT_OF_STATUS: Readonly<Record<number, string>> = {
  400: 'change what you asked for; a savepoint needs a directory: --savepointPath DIR',
  401: 'give credentials in the URL: https://user:password@host',
  403: 'give credentials in the URL: https://user:password@host',
  409: 'ckpt jobs --rest URL shows the state of the job',
};

function asClusterError({ code, message, where, cause }: EvidenceError): ClusterError {
  const isUnreachable = code === 'evidence-unreachable';
  return new ClusterError(isUnreachable ? 'cluster-unreachable' : 'cluster-not-understood', message, {
    ...(where !== undefined && { where }),
    next: isUnreachable
      ? 'see that the job or the JobManager runs, and that --rest is its URL'
      : 'give the URL of the JobManager’s REST API, as the web interface has it, without /#/…',
    cause,
  });
}
