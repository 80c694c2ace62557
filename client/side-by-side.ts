/**
 * Works on many items, so many at once, beginning with the first. Past the deadline no further item is begun, and the
 * answer holds those that were done.
 *
 * @param until milliseconds since the epoch; without it all are done
 */
export async function sideBySide<Item, Answer>(
  items: Iterable<Item>,
  { atOnce, until = Infinity }: { readonly atOnce: number; readonly until?: number },
  work: (item: Item) => Promise<Answer>,
): Promise<Map<Item, Answer>> {
  const answers = new Map<Item, Answer>();
  const waiting = items[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    while (Date.now() < until) {
      const next = waiting.next();
      if (next.done) return;
      answers.set(next.value, await work(next.value));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return answers;
}
