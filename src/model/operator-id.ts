// The id of an operator: what ties the state in a snapshot to the operator of a job.
// Source: Flink OperatorIDGenerator, StreamGraphHasherV2 (Guava's murmur3_128, the x64 variant, seed 0).

const C1 = 0x87c37b91114253d5n;
const C2 = 0x4cf5ad432745937fn;
const BLOCK_BYTES = 16;

/** The id that Flink gives an operator with this uid: 32 hex digits. */
export function operatorIdOfUid(uid: string): string {
  // Java encodes half a surrogate pair as a question mark.
  return murmur3x64(new TextEncoder().encode(uid.replace(/\p{Surrogate}/gu, '?')));
}

/**
 * The id of an operator without a uid, from its place in the graph: its position in the order of definition and the
 * ids of its inputs. The same graph gives the same ids; they are not the ones that Flink would generate, so only a
 * uid lets Flink find the state of an operator of ours, and the other way round.
 */
export function generatedOperatorId(position: number, inputIds: readonly string[]): string {
  return murmur3x64(new TextEncoder().encode(`\0operator ${position} after ${inputIds.join(',')}`));
}

function murmur3x64(bytes: Uint8Array): string {
  const padded = new DataView(new ArrayBuffer(Math.ceil(bytes.length / BLOCK_BYTES) * BLOCK_BYTES));
  new Uint8Array(padded.buffer).set(bytes);
  let h1 = 0n;
  let h2 = 0n;
  for (let at = 0; at < padded.byteLength; at += BLOCK_BYTES) {
    h1 ^= mixed(padded.getBigUint64(at, true), { first: C1, rotate: 31n, second: C2 });
    const k2 = mixed(padded.getBigUint64(at + 8, true), { first: C2, rotate: 33n, second: C1 });
    if (at + BLOCK_BYTES > bytes.length) {
      // The tail, shorter than a block: its bytes are mixed in, and nothing else.
      h2 ^= k2;
    } else {
      h1 = wrap(wrap(rotateLeft(h1, 27n) + h2) * 5n + 0x52dce729n);
      h2 = wrap(wrap(rotateLeft(h2 ^ k2, 31n) + h1) * 5n + 0x38495ab5n);
    }
  }
  return finish(h1, h2, BigInt(bytes.length));
}

function finish(state1: bigint, state2: bigint, length: bigint): string {
  let h1 = state1 ^ length;
  let h2 = state2 ^ length;
  h1 = wrap(h1 + h2);
  h2 = wrap(h2 + h1);
  h1 = avalanche(h1);
  h2 = avalanche(h2);
  h1 = wrap(h1 + h2);
  h2 = wrap(h2 + h1);
  const id = Buffer.alloc(16);
  id.writeBigUInt64LE(h1, 0);
  id.writeBigUInt64LE(h2, 8);
  return id.toString('hex');
}

interface Mix {
  readonly first: bigint;
  readonly rotate: bigint;
  readonly second: bigint;
}

function mixed(word: bigint, { first, rotate, second }: Mix): bigint {
  return wrap(rotateLeft(wrap(word * first), rotate) * second);
}

function avalanche(word: bigint): bigint {
  let hash = word;
  hash = wrap((hash ^ (hash >> 33n)) * 0xff51afd7ed558ccdn);
  hash = wrap((hash ^ (hash >> 33n)) * 0xc4ceb9fe1a85ec53n);
  return hash ^ (hash >> 33n);
}

function rotateLeft(word: bigint, by: bigint): bigint {
  return wrap((word << by) | (word >> (64n - by)));
}

function wrap(word: bigint): bigint {
  return BigInt.asUintN(64, word);
}
