/** The most pages that one batch stores. */
const MAX_PAGES = 200;
/** The longest that one batch goes on, well within the 5 minutes of an attempt. */
const MAX_MS = 120_000;

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

export function createBatchBudget(now: () => Date, stopping: () => boolean): BatchBudget {
  const endMs = now().getTime() + MAX_MS;
  let pages = 0;
  return {
    spendPage() {
      if (pages > 0 && (pages >= MAX_PAGES || now().getTime() >= endMs || stopping())) return false;
      pages += 1;
      return true;
    },
  };
}
