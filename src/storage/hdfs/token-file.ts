// Delegation tokens from the file that HADOOP_TOKEN_FILE_LOCATION names (Hadoop `security.Credentials`,
// `security.token.Token`; security.proto). Secret keys in the file are not looked at. Pure.
//
//   "HDTS"  version u8
//   0: vint count, of each token: text alias, token; then the secret keys
//   1: varint length, CredentialsProto
//   token: vint length, identifier; vint length, password; text kind; text service
//   text:  vint length, UTF-8
import { UsageError } from '../../support/errors.js';

/** A token of any Hadoop service. */
export interface HadoopToken {
  /** `HDFS_DELEGATION_TOKEN`, `WEBHDFS delegation`, … */
  readonly kind: string;
  /** `10.0.0.1:8020`, or `ha-hdfs:nameservice`. */
  readonly service: string;
  /** The token as a parameter of WebHDFS takes it (`Token.encodeToUrlString`). */
  readonly encoded: string;
}

interface TokenFields {
  readonly identifier: Uint8Array;
  readonly password: Uint8Array;
  readonly kind: string;
  readonly service: string;
}

const MAGIC = 'HDTS';
const KINDS = ['HDFS_DELEGATION_TOKEN', 'WEBHDFS delegation', 'SWEBHDFS delegation'];

/** The tokens for HDFS in a file; `name` is for messages. Throws a UsageError where it is no token file. */
export function hdfsTokens(bytes: Uint8Array, name: string): readonly HadoopToken[] {
  try {
    return tokensOf(new Bytes(bytes))
      .filter(({ kind }) => KINDS.includes(kind))
      .map((token) => ({ kind: token.kind, service: token.service, encoded: encoded(token) }));
  } catch (thrown) {
    if (!(thrown instanceof RangeError || thrown instanceof TypeError)) throw thrown;
    throw new UsageError(`${name} is no file of Hadoop's tokens: ${thrown.message}`, {
      where: name,
      next: 'HADOOP_TOKEN_FILE_LOCATION is to name a file such as "hdfs fetchdt" writes',
    });
  }
}

/** The token of the first of `services` that one is for; a service without a port stands for all ports of its host. */
export function tokenFor(
  tokens: readonly HadoopToken[],
  services: readonly string[],
): HadoopToken | undefined {
  for (const service of services) {
    const token = tokens.find((candidate) =>
      [candidate.service, candidate.service.replace(/:\d+$/, '')].includes(service),
    );
    if (token !== undefined) return token;
  }
  return undefined;
}

function tokensOf(file: Bytes): readonly TokenFields[] {
  if (Buffer.from(file.take(MAGIC.length)).toString('latin1') !== MAGIC)
    throw new RangeError(`it does not begin with ${MAGIC}`);
  const [version] = file.take(1);
  if (version === 0) return writableTokens(file);
  if (version === 1) return protobufTokens(file.take(file.varint()));
  throw new RangeError(`its version is ${version}`);
}

function writableTokens(file: Bytes): readonly TokenFields[] {
  const tokens: TokenFields[] = [];
  for (let left = file.vint(); left > 0; left--) {
    file.chunk();
    const [identifier, password] = [file.chunk(), file.chunk()];
    tokens.push({ identifier, password, kind: text(file.chunk()), service: text(file.chunk()) });
  }
  return tokens;
}

/** CredentialsProto { tokens = 1 { alias = 1, token = 2 { identifier = 1, password = 2, kind = 3, service = 4 } } } */
function protobufTokens(credentials: Uint8Array): readonly TokenFields[] {
  return lengthDelimited(credentials, 1).map((entry) => {
    const token = one(lengthDelimited(entry, 2));
    const field = (number: number): Uint8Array => one(lengthDelimited(token, number));
    return { identifier: field(1), password: field(2), kind: text(field(3)), service: text(field(4)) };
  });
}

function one([field]: readonly Uint8Array[]): Uint8Array {
  if (field === undefined) throw new RangeError('a token lacks a field');
  return field;
}

/** What a message has in the field of this number; others are passed over. */
function lengthDelimited(message: Uint8Array, number: number): readonly Uint8Array[] {
  const bytes = new Bytes(message);
  const found: Uint8Array[] = [];
  while (bytes.left > 0) {
    const tag = bytes.varint();
    if (tag % 8 !== 2) throw new RangeError(`it has a field of wire type ${tag % 8}`);
    const value = bytes.take(bytes.varint());
    if (Math.floor(tag / 8) === number) found.push(value);
  }
  return found;
}

function encoded({ identifier, password, kind, service }: TokenFields): string {
  const parts = [identifier, password, Buffer.from(kind), Buffer.from(service)];
  return Buffer.concat(parts.flatMap((part) => [vintBytes(part.length), part])).toString('base64url');
}

/** `WritableUtils.writeVInt` of a length. */
function vintBytes(value: number): Uint8Array {
  if (value <= 127) return Uint8Array.of(value);
  const digits: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Uint8Array.of(256 - 112 - digits.length, ...digits);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

/** Reads forward; a RangeError where the bytes end. */
class Bytes {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(length: number): Uint8Array {
    if (length < 0 || length > this.left) throw new RangeError(`it ends at byte ${this.#bytes.length}`);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** What follows its length. */
  chunk(): Uint8Array {
    return this.take(this.vint());
  }

  /** `WritableUtils.readVInt` of a length, which is never negative: one byte to 127, else how many bytes follow. */
  vint(): number {
    const [first = 0] = this.take(1);
    if (first <= 127) return first;
    if (first < 256 - 120 || first > 256 - 113) throw new RangeError('a length is negative');
    return this.take(256 - 112 - first).reduce((value, digit) => value * 256 + digit, 0);
  }

  /** Of protobuf. */
  varint(): number {
    for (let value = 0, factor = 1; ; factor *= 128) {
      const [digit = 0] = this.take(1);
      value += (digit % 128) * factor;
      if (digit < 128) return value;
    }
  }
}
