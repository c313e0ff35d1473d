// The NameNodes of a name service as one: asks the active one of a pair and stays with it. Moves on from a standby,
// from one that cannot be reached, and, where only reading, from one that fell silent. Repeats nothing that may have
// been carried out: that is for a wrapper to decide.
import { formatLocation, type Location } from '../../model/location.js';
import { StorageError } from '../../support/errors.js';
import { ASK_THE_PROXY, REFUSED_BY_PROXY } from '../proxies.js';
import { isCertificateError, TRUST_IT } from '../trust.js';
import { ConnectionError, type HttpAnswer, type HttpCall, type HttpClient } from './http.js';
import { type Attempted, isStandby, remoteError } from './remote-error.js';

/** As whom to ask. A delegation token stands for its owner; without Kerberos the NameNode believes the name. */
export interface Credentials {
  readonly user?: string | undefined;
  readonly delegationToken?: string | undefined;
  /** Why there is no token though tokens were given; for the message, should one be asked for. */
  readonly noToken?: string | undefined;
}

/** An operation of WebHDFS on a path. */
export interface Operation {
  /** For messages: "cannot <verb> <location>". */
  readonly verb: string;
  readonly method: HttpCall['method'];
  readonly op: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** A path that no file can have: HDFS takes names as UTF-8 without NUL. */
const IMPOSSIBLE = /\0|\p{Surrogate}/u;

export class NameNodes {
  readonly #origins: readonly URL[];
  readonly #credentials: Credentials;
  readonly #http: HttpClient;
  /** Index of the one to ask first. */
  #preferred = 0;

  /** `origins` are `http://host:9870`, at least one, all with the same protocol. */
  constructor(origins: readonly URL[], credentials: Credentials, http: HttpClient) {
    this.#origins = origins;
    this.#credentials = credentials;
    this.#http = http;
  }

  /** `http:` or `https:` */
  get protocol(): string {
    return this.#origins[0]!.protocol;
  }

  /** The answer of the active NameNode, a success; everything else is thrown as an error about `attempted`. */
  async ask(location: Location, operation: Operation, attempted: Attempted): Promise<HttpAnswer> {
    const failures: string[] = [];
    let code = '';
    const count = this.#origins.length;
    const first = this.#preferred;
    for (let index = first; index < first + count; index++) {
      const answer = await this.#askOne(index % count, location, operation);
      if (answer instanceof ConnectionError) {
        failures.push(answer.message);
        code = answer.code;
        // It may have been carried out: a second try elsewhere is not ours to make.
        if (answer.reached === 'broken' && operation.method !== 'GET') break;
      } else if (isStandby(answer)) failures.push(`${this.#origins[index % count]!.host} is in standby`);
      else if (isSuccess(answer)) return answer;
      else throw remoteError(answer, { ...attempted, noToken: this.#credentials.noToken });
    }
    throw unreached(attempted, failures.join('; '), code);
  }

  /** An exchange with a DataNode; throws where no answer came. */
  async send(call: HttpCall, attempted: Attempted): Promise<HttpAnswer> {
    const answer = await this.#exchange(call);
    if (answer instanceof ConnectionError) throw unreached(attempted, answer.message, answer.code);
    return answer;
  }

  /** The next call begins with this one, or behind it where it was of no use. */
  async #askOne(
    index: number,
    location: Location,
    operation: Operation,
  ): Promise<HttpAnswer | ConnectionError> {
    const url = this.#url(this.#origins[index]!, location, operation);
    const answer = await this.#exchange({ method: operation.method, url });
    const useless = answer instanceof ConnectionError || isStandby(answer);
    this.#preferred = useless ? (index + 1) % this.#origins.length : index;
    return answer;
  }

  async #exchange(call: HttpCall): Promise<HttpAnswer | ConnectionError> {
    try {
      return await this.#http.exchange(call);
    } catch (thrown) {
      if (!(thrown instanceof ConnectionError)) throw thrown;
      const { host } = call.url;
      const message = thrown.message.includes(host) ? thrown.message : `${host}: ${thrown.message}`;
      return new ConnectionError(thrown.reached, message, thrown.cause);
    }
  }

  #url({ origin }: URL, location: Location, { op, parameters }: Operation): URL {
    const query = Object.entries({ op, ...identityOf(this.#credentials), ...parameters }).map(
      ([name, value]) => `${name}=${encodeURIComponent(value)}`,
    );
    return new URL(`${origin}/webhdfs/v1${encodePath(location)}?${query.join('&')}`);
  }
}

function identityOf({ user, delegationToken }: Credentials): Readonly<Record<string, string>> {
  if (delegationToken !== undefined) return { delegation: delegationToken };
  return user === undefined ? {} : { 'user.name': user };
}

/** Every segment percent-encoded. Throws `not-found` for a path that no file can have. */
function encodePath(location: Location): string {
  if (!IMPOSSIBLE.test(location.path)) return location.path.split('/').map(encodeURIComponent).join('/');
  const where = formatLocation(location);
  throw new StorageError('not-found', `cannot open ${JSON.stringify(where)}: no file can have this name`, {
    where,
  });
}

/** 307 leads to a DataNode. */
function isSuccess({ status }: HttpAnswer): boolean {
  return status === 200 || status === 201 || status === 307;
}

/** No answer came. `code` is that of the last error; empty where there was none. */
function unreached({ verb, location }: Attempted, what: string, code: string): StorageError {
  const where = formatLocation(location);
  const isHopeless = code === 'EPROTO' || code === REFUSED_BY_PROXY || isCertificateError(code);
  const kind = isHopeless ? 'denied' : 'unavailable';
  return new StorageError(kind, `cannot ${verb} ${where}: ${what}`, { where, next: nextAfter(code) });
}

function nextAfter(code: string): string {
  if (isCertificateError(code)) return TRUST_IT;
  if (code === REFUSED_BY_PROXY) return ASK_THE_PROXY;
  if (code === 'EPROTO')
    return 'http seems to be spoken there: webhdfs:// in place of swebhdfs://, or another port';
  if (code.startsWith('HPE_'))
    return 'https may be spoken there: swebhdfs:// in place of webhdfs://, or another port';
  if (code === 'ENOTFOUND')
    return 'check the name; that of a name service must be in hdfs-site.xml of HADOOP_CONF_DIR, or name its NameNodes with --webhdfs HOST:PORT';
  return 'check that the NameNode is up and reachable from here (--webhdfs HOST:PORT), then try again';
}
