// XXH3, 64 bits, seed 0, of 4 bytes or more (no block is shorter). Source: the xxHash specification and xxhash.h 0.8.
// Long input, which is nearly all, is hashed with 32-bit halves; what is done once a call, with bigints.
const PRIME32_1 = 0x9e3779b1;
const PRIME64_1 = 0x9e3779b185ebca87n;
const PRIME_AVALANCHE = 0x165667919e3779f9n;
const PRIME_SHORT = 0x9fb21c651e98df25n;

const STRIPE_BYTES = 64;
const STRIPES_PER_BLOCK = 16;
const LAST_STRIPE_SECRET = 121;
const MERGE_SECRET = 11;

/** kSecret: 192 bytes. */
const SECRET = Buffer.from(
  'b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221' +
    'b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8' +
    'a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb' +
    '170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e',
  'hex',
);
const SECRET_VIEW = new DataView(SECRET.buffer, SECRET.byteOffset, SECRET.byteLength);

/** The eight accumulators before any input, each as its low and its high half. */
const INITIAL = [
  0xc2b2ae3d, 0, 0x85ebca87, 0x9e3779b1, 0x27d4eb4f, 0xc2b2ae3d, 0x9e3779f9, 0x165667b1, 0xc2b2ae63,
  0x85ebca77, 0x85ebca77, 0, 0x165667c5, 0x27d4eb2f, 0x9e3779b1, 0,
] as const;

export function xxh3(bytes: Uint8Array): bigint {
  const input = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length > 240) return hashLong(input);
  if (bytes.length > 16) return hashMiddle(input);
  return bytes.length > 8 ? hash9to16(input) : hash4to8(input);
}

function hash4to8(input: DataView): bigint {
  const length = input.byteLength;
  const joined = (BigInt(input.getUint32(0, true)) << 32n) | BigInt(input.getUint32(length - 4, true));
  const keyed = joined ^ secret64(8) ^ secret64(16);
  let hash = keyed ^ rotate(keyed, 49n) ^ rotate(keyed, 24n);
  hash = long(hash * PRIME_SHORT);
  hash = long((hash ^ ((hash >> 35n) + BigInt(length))) * PRIME_SHORT);
  return hash ^ (hash >> 28n);
}

function hash9to16(input: DataView): bigint {
  const length = input.byteLength;
  const low = input.getBigUint64(0, true) ^ secret64(24) ^ secret64(32);
  const high = input.getBigUint64(length - 8, true) ^ secret64(40) ^ secret64(48);
  return avalanche(BigInt(length) + byteSwapped(low) + high + foldedProduct(low, high));
}

/** 17 to 240 bytes: pairs from both ends towards the middle up to 128, beyond that from the front. */
function hashMiddle(input: DataView): bigint {
  const length = input.byteLength;
  let hash = BigInt(length) * PRIME64_1;
  if (length <= 128) {
    for (let pair = Math.floor((length - 1) / 32); pair >= 0; pair--) {
      hash += mix16(input, pair * 16, pair * 32) + mix16(input, length - 16 * (pair + 1), pair * 32 + 16);
    }
    return avalanche(hash);
  }
  for (let round = 0; round < 8; round++) hash += mix16(input, round * 16, round * 16);
  hash = avalanche(hash);
  const rounds = Math.floor(length / 16);
  for (let round = 8; round < rounds; round++) hash += mix16(input, round * 16, (round - 8) * 16 + 3);
  return avalanche(hash + mix16(input, length - 16, 119));
}

function hashLong(input: DataView): bigint {
  const length = input.byteLength;
  const lanes = Uint32Array.from(INITIAL);
  const stripes = Math.floor((length - 1) / STRIPE_BYTES);
  for (let stripe = 0; stripe < stripes; stripe++) {
    const inBlock = stripe % STRIPES_PER_BLOCK;
    if (inBlock === 0 && stripe > 0) scramble(lanes);
    accumulate(lanes, input, { at: stripe * STRIPE_BYTES, secretAt: inBlock * 8 });
  }
  if (stripes % STRIPES_PER_BLOCK === 0) scramble(lanes);
  accumulate(lanes, input, { at: length - STRIPE_BYTES, secretAt: LAST_STRIPE_SECRET });
  return merge(lanes, BigInt(length) * PRIME64_1);
}

/** Adds the 64 bytes at `at`: each lane gets the product of its keyed halves, its neighbour the input itself. */
function accumulate(
  lanes: Uint32Array,
  input: DataView,
  { at, secretAt }: { readonly at: number; readonly secretAt: number },
): void {
  for (let lane = 0; lane < 8; lane++) {
    const low = input.getUint32(at + lane * 8, true);
    const high = input.getUint32(at + lane * 8 + 4, true);
    add(lanes, lane ^ 1, low, high);
    const keyLow = low ^ SECRET_VIEW.getUint32(secretAt + lane * 8, true);
    const keyHigh = high ^ SECRET_VIEW.getUint32(secretAt + lane * 8 + 4, true);
    add(lanes, lane, Math.imul(keyLow, keyHigh) >>> 0, productHigh(keyLow, keyHigh));
  }
}

function add(lanes: Uint32Array, lane: number, low: number, high: number): void {
  const sum = lanes[lane * 2]! + low;
  lanes[lane * 2] = sum;
  lanes[lane * 2 + 1] = lanes[lane * 2 + 1]! + high + (sum > 0xffffffff ? 1 : 0);
}

/** The high 32 bits of the product of two unsigned 32-bit numbers. */
function productHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + (middle >>> 16) + (other >>> 16);
}

/** After each block of 16 stripes: fold, key with the last 64 bytes of the secret, multiply. */
function scramble(lanes: Uint32Array): void {
  for (let lane = 0; lane < 8; lane++) {
    const high = lanes[lane * 2 + 1]!;
    const secretAt = SECRET.length - STRIPE_BYTES + lane * 8;
    const keyedLow = (lanes[lane * 2]! ^ (high >>> 15) ^ SECRET_VIEW.getUint32(secretAt, true)) >>> 0;
    const keyedHigh = high ^ SECRET_VIEW.getUint32(secretAt + 4, true);
    lanes[lane * 2] = Math.imul(keyedLow, PRIME32_1);
    lanes[lane * 2 + 1] = productHigh(keyedLow, PRIME32_1) + Math.imul(keyedHigh, PRIME32_1);
  }
}

function merge(lanes: Uint32Array, start: bigint): bigint {
  const wide = (lane: number) => (BigInt(lanes[lane * 2 + 1]!) << 32n) | BigInt(lanes[lane * 2]!);
  let hash = start;
  for (let pair = 0; pair < 4; pair++) {
    const secretAt = MERGE_SECRET + pair * 16;
    hash += foldedProduct(wide(pair * 2) ^ secret64(secretAt), wide(pair * 2 + 1) ^ secret64(secretAt + 8));
  }
  return avalanche(hash);
}

function mix16(input: DataView, at: number, secretAt: number): bigint {
  return foldedProduct(
    input.getBigUint64(at, true) ^ secret64(secretAt),
    input.getBigUint64(at + 8, true) ^ secret64(secretAt + 8),
  );
}

function secret64(at: number): bigint {
  return SECRET_VIEW.getBigUint64(at, true);
}

function foldedProduct(a: bigint, b: bigint): bigint {
  const product = a * b;
  return long(product) ^ (product >> 64n);
}

function avalanche(value: bigint): bigint {
  let hash = long(value);
  hash = long((hash ^ (hash >> 37n)) * PRIME_AVALANCHE);
  return hash ^ (hash >> 32n);
}

function byteSwapped(value: bigint): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, value, true);
  return view.getBigUint64(0);
}

function rotate(value: bigint, bits: bigint): bigint {
  return long(value << bits) | (value >> (64n - bits));
}

function long(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
