// xxHash in its two older widths, seed 0: what RocksDB offers as kxxHash and kxxHash64. Nothing that Flink sets uses
// them, so they are plain rather than fast. Source: the xxHash specification (doc/xxhash_spec.md).
const PRIME32 = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1] as const;
const PRIME64 = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
] as const;

export function xxHash32(bytes: Uint8Array): number {
  const [p1, p2, p3, p4, p5] = PRIME32;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const striped = bytes.length - (bytes.length % 16);
  let hash: number = p5;
  if (striped > 0) {
    const lanes = [p1 + p2, p2, 0, -p1];
    for (let at = 0; at < striped; at += 4) {
      const lane = (at / 4) % 4;
      lanes[lane] = Math.imul(rotate32(lanes[lane]! + Math.imul(view.getUint32(at, true), p2), 13), p1);
    }
    const [a, b, c, d] = lanes as [number, number, number, number];
    hash = rotate32(a, 1) + rotate32(b, 7) + rotate32(c, 12) + rotate32(d, 18);
  }
  hash += bytes.length;
  let at = striped;
  for (; at + 4 <= bytes.length; at += 4) {
    hash = Math.imul(rotate32(hash + Math.imul(view.getUint32(at, true), p3), 17), p4);
  }
  for (; at < bytes.length; at++) hash = Math.imul(rotate32(hash + Math.imul(bytes[at]!, p5), 11), p1);
  hash = Math.imul(hash ^ (hash >>> 15), p2);
  hash = Math.imul(hash ^ (hash >>> 13), p3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export function xxHash64(bytes: Uint8Array): bigint {
  const [p1, p2, p3, p4, p5] = PRIME64;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const striped = bytes.length - (bytes.length % 32);
  let hash = (striped > 0 ? stripes64(view, striped) : p5) + BigInt(bytes.length);
  let at = striped;
  for (; at + 8 <= bytes.length; at += 8) {
    hash = rotate64(hash ^ round64(0n, view.getBigUint64(at, true)), 27n) * p1 + p4;
  }
  if (at + 4 <= bytes.length) {
    hash = rotate64(hash ^ (BigInt(view.getUint32(at, true)) * p1), 23n) * p2 + p3;
    at += 4;
  }
  for (; at < bytes.length; at++) hash = rotate64(hash ^ (BigInt(bytes[at]!) * p5), 11n) * p1;
  hash = long(hash);
  hash = long((hash ^ (hash >> 33n)) * p2);
  hash = long((hash ^ (hash >> 29n)) * p3);
  return hash ^ (hash >> 32n);
}

function stripes64(view: DataView, end: number): bigint {
  const [p1, p2, , p4] = PRIME64;
  const lanes = [p1 + p2, p2, 0n, -p1];
  for (let at = 0; at < end; at += 8) {
    const lane = (at / 8) % 4;
    lanes[lane] = round64(lanes[lane]!, view.getBigUint64(at, true));
  }
  const [a, b, c, d] = lanes as [bigint, bigint, bigint, bigint];
  const start = rotate64(a, 1n) + rotate64(b, 7n) + rotate64(c, 12n) + rotate64(d, 18n);
  return lanes.reduce((hash, lane) => (hash ^ round64(0n, lane)) * p1 + p4, start);
}

function round64(lane: bigint, input: bigint): bigint {
  return long(rotate64(lane + input * PRIME64[1], 31n) * PRIME64[0]);
}

function rotate32(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function rotate64(value: bigint, bits: bigint): bigint {
  const whole = long(value);
  return long(whole << bits) | (whole >> (64n - bits));
}

function long(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
