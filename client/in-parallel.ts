/**
 * Does the same for many items, some at a time. The results are in the order of the items; once the signal is aborted, what
 * was not begun is left out.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result[]> {
  const results: { readonly index: number; readonly result: Result }[] = [];
  // One iterator for all lanes: each takes the next item when it is free.
  const waiting = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of waiting) {
      results.push({ index, result: await work(item) });
      if (signal?.aborted) return;
    }
  };
  if (!signal?.aborted) await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return results.sort((a, b) => a.index - b.index).map(({ result }) => result);
}
