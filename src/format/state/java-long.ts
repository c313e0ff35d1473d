// Times as Java longs. A number cannot hold the last of them: what is beyond it stands for it.
const MAX_LONG = 2n ** 63n - 1n;

/** Times beyond what a Java long holds are its last: a number of ms may have been rounded. */
export function javaLong(timeMs: number): bigint {
  const long = BigInt(Math.floor(Math.min(timeMs, Number(MAX_LONG))));
  return long > MAX_LONG ? MAX_LONG : long;
}
