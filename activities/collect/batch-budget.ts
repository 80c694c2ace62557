/** What one batch may use. Both are well within the 5 minutes of an attempt. */
export interface BatchLimits {
  /** The most pages that it stores. */
  readonly maxPages: number;
  /** The longest that it goes on. */
  readonly maxMs: number;
}

const POLL_LIMITS: BatchLimits = { maxPages: 200, maxMs: 120_000 };

/**
 * How much one batch may still do, so that no attempt runs long and a worker that stops is not kept.
 *
 * The first page is always granted: where one of several workers stops for a while, the batches of the others would
 * otherwise be asked for again and again and come no further.
 */
export interface BatchBudget {
  /** Takes one page from the budget. @returns false when there is none left */
  spendPage(): boolean;
}

export function createBatchBudget(
  now: () => Date,
  stopping: () => boolean,
  { maxPages, maxMs }: BatchLimits = POLL_LIMITS,
): BatchBudget {
  const endMs = now().getTime() + maxMs;
  let pages = 0;
  return {
    spendPage() {
      if (pages > 0 && (pages >= maxPages || now().getTime() >= endMs || stopping())) return false;
      pages += 1;
      return true;
    },
  };
}
