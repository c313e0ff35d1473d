// Maps whose keys are equal as in Java, where that is not JavaScript's way: 0.0 and -0.0 are two doubles.
// Source: java.lang.Double#equals (by doubleToLongBits; NaN equals itself, as in a Map).
import { doubleSerializer, floatSerializer } from './basic-serializers.js';
import type { TypeSerializer } from './serializer.js';

/** An empty map for keys of this type. */
export function javaMap<K, V>(keyType: TypeSerializer<K>): Map<K, V> {
  const { className } = keyType.snapshot;
  const isFloatingPoint = [doubleSerializer, floatSerializer].some(
    ({ snapshot }) => snapshot.className === className,
  );
  return isFloatingPoint ? (new FloatingPointMap<V>() as unknown as Map<K, V>) : new Map<K, V>();
}

/** What stands for -0 inside: a Map takes -0 for 0. */
const NEGATIVE_ZERO = Symbol('-0') as unknown as number;

class FloatingPointMap<V> extends Map<number, V> {
  override get(key: number): V | undefined {
    return super.get(inside(key));
  }

  override has(key: number): boolean {
    return super.has(inside(key));
  }

  override set(key: number, value: V): this {
    return super.set(inside(key), value);
  }

  override delete(key: number): boolean {
    return super.delete(inside(key));
  }

  override *keys(): MapIterator<number> {
    for (const key of super.keys()) yield outside(key);
  }

  override *entries(): MapIterator<[number, V]> {
    for (const [key, value] of super.entries()) yield [outside(key), value];
  }

  override [Symbol.iterator](): MapIterator<[number, V]> {
    return this.entries();
  }

  override forEach(visit: (value: V, key: number, map: Map<number, V>) => void): void {
    for (const [key, value] of this.entries()) visit(value, key, this);
  }
}

function inside(key: number): number {
  return Object.is(key, -0) ? NEGATIVE_ZERO : key;
}

function outside(key: number): number {
  return key === NEGATIVE_ZERO ? -0 : key;
}
