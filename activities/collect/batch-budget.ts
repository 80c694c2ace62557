/** Limits of one batch. Both are well within the 5 minutes of an attempt. */
export interface BatchLimits {
  readonly maxPages: number;
  readonly maxMs: number;
}

const POLL_LIMITS: BatchLimits = { maxPages: 200, maxMs: 120_000 };

/**
 * Budget of one batch. It keeps attempts short, and lets a worker shut down.
 *
 * The first page is always granted. Otherwise, while one of several workers shuts down, the batches of the others
 * would be scheduled again and again without progress.
 */
export interface BatchBudget {
  /** Takes one page from the budget. @returns false when none is left */
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
