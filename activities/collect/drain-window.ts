import { ApplicationFailure } from '@temporalio/common';
import { clampStart } from '../../mimecast/audit-windows.js';
import { MimecastRequestError } from '../../mimecast/errors.js';
import type { BatchBudget } from './batch-budget.js';
import type { FetchedPage, PagedLog } from './paged-log.js';
import type { Session } from '../session.js';
import type { TakenWindow, WindowRow } from '../../evidence/ledger/window.js';
import type { EvidenceStore } from '../../evidence/store.js';
import { spanText } from '../../model/time.js';

/** Dependencies of draining, besides the window itself. */
export interface Drain {
  readonly store: Pick<EvidenceStore, 'ledger' | 'log' | 'observations'>;
  readonly session: Session;
  readonly log: PagedLog;
  readonly path: string;
  readonly budget: BatchBudget;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

export type Drained = 'complete' | 'out-of-budget' | 'superseded' | 'disconnected' | FailedWindow;

/** A window that could not be read to its end after all restarts. The ledger has it as failed. */
export interface FailedWindow {
  readonly window: WindowRow;
  readonly cause: string;
}

/**
 * Reads a window to its end, page by page, and stores each page together with the checkpoint after it.
 *
 * While one page is being stored, the next is fetched and prepared. After a crash at most two pages are requested
 * again: the one being stored and the one being fetched.
 */
export async function drainWindow(drain: Drain, window: WindowRow, taken: TakenWindow): Promise<Drained> {
  let current = window;
  for (;;) {
    const ended = await readOn(drain, current, taken);
    if (typeof ended === 'string') return ended;
    const { restart: cause } = ended;
    const restarted = await drain.store.ledger.restart(
      taken,
      clampStart(current.start, drain.now(), drain.log.rules),
      cause,
    );
    if (restarted === 'exhausted') return { window: current, cause };
    if (typeof restarted === 'string') return restarted;
    current = restarted;
  }
}

/** Reads a window from its checkpoint to its end, or until it must be restarted. */
async function readOn(
  drain: Drain,
  window: WindowRow,
  taken: TakenWindow,
): Promise<Exclude<Drained, FailedWindow> | { restart: string }> {
  const { budget } = drain;
  const ended = new AbortController();
  const signal = AbortSignal.any([drain.signal, ended.signal]);
  const fetch = (token: string | undefined): Promise<FetchedPage> => fetchPage(drain, window, token, signal);
  let pages = window.pages;
  let next = fetch(window.pageToken);
  try {
    for (;;) {
      const page = await next;
      const { nextToken } = page;
      const goOn = nextToken !== undefined && budget.spendPage();
      if (goOn) next = fetch(nextToken);
      const stored = await page.store(taken, pages);
      if (stored === 'repeated-token') return { restart: stored };
      if (typeof stored === 'string') return stored;
      if (stored.complete) return 'complete';
      if (!goOn) return 'out-of-budget';
      pages = stored.pages;
    }
  } catch (error) {
    if (error instanceof MimecastRequestError && error.reason === 'token-refused') return { restart: error.reason };
    throw error;
  } finally {
    ended.abort();
  }
}

function fetchPage(
  { session, path, log }: Drain,
  window: WindowRow,
  pageToken: string | undefined,
  signal: AbortSignal,
): Promise<FetchedPage> {
  const { start, end } = window;
  const query = { start, end, path, signal, ...session.row.settings.pagination };
  const fetched = session.call((api) => log.fetch(api, { ...query, ...(pageToken !== undefined && { pageToken }) }));
  // The fetch may fail while the previous page is being stored. The failure is reported where the fetch is awaited.
  fetched.catch(() => undefined);
  return fetched;
}

/** Returns the failure of a poll whose window failed. The next poll opens a window over the same range. */
export function failedWindowFailure({ window, cause }: FailedWindow, path: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `Mimecast could not be paged to the end of ${spanText(window)} (${cause}, after ${window.restarts} restarts). ` +
      `The next poll reads it again.\nIf it stays, give Mimecast support the endpoint ${path}.`,
    'MimecastRequestError',
  );
}
