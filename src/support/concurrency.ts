// Many things at once, but not too many.

/**
 * Maps `values` with at most `limit` calls under way; results are in the order of the values. After the first failure
 * nothing further is begun, and that failure is thrown.
 */
export async function mapConcurrently<T, R>(
  values: Iterable<T>,
  limit: number,
  map: (value: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = [...values].entries();
  let failed = false;
  const work = async (): Promise<void> => {
    for (const [index, value] of queue) {
      if (failed) return;
      results[index] = await map(value);
    }
  };
  const stopOthers = (thrown: unknown): never => {
    failed = true;
    throw thrown;
  };
  await Promise.all(Array.from({ length: limit }, () => work().catch(stopOthers)));
  return results;
}
