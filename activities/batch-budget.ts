/** The most pages that one batch stores. */
const MAX_PAGES = 200;
/** The longest that one batch goes on, well within the 5 minutes of an attempt. */
const MAX_MS = 120_000;

/** How much one batch may still do, so that no attempt runs long and a worker that stops is not kept. */
export interface BatchBudget {
  readonly spent: boolean;
  /** Takes one page from the budget. @returns false when there is none left */
  spendPage(): boolean;
}

export function createBatchBudget(now: () => Date, stopping: () => boolean): BatchBudget {
  const endMs = now().getTime() + MAX_MS;
  let pages = 0;
  const spent = (): boolean => pages >= MAX_PAGES || now().getTime() >= endMs || stopping();
  return {
    get spent() {
      return spent();
    },
    spendPage() {
      if (spent()) return false;
      pages += 1;
      return true;
    },
  };
}
