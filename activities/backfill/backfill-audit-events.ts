import { Context } from '@temporalio/activity';
import type { LoadedConnection } from '../../evidence/database/connection-row.js';
import { defined } from '../../model/json.js';
import { clampStart, keptRange } from '../../mimecast/audit-windows.js';
import { auditLog } from '../collect/audit-log.js';
import { planBackfill, type PlannedWindow } from './backfill-plan.js';
import { createBatchBudget, type BatchLimits } from '../collect/batch-budget.js';
import type { ActivityDependencies } from '../dependencies.js';
import { drainWindow, type Drain, type Drained } from '../collect/drain-window.js';
import { refusedEndpoint } from '../collect/refused-endpoint.js';
import type { Session, Sessions } from '../session.js';
import { steadyTime } from '../steady-time.js';
import { pathOf } from '../stream-endpoints.js';
import type { BackfillBatch, BackfillBatchResult } from '../../contract/activities.js';
import type { Refused } from '../../evidence/database/guard.js';
import type { TakenWindowRow } from '../../evidence/ledger/window.js';

const STREAM = 'audit-events';

/** Number of windows read concurrently. A backfill uses half of the vendor's rate limit, so more would only wait. */
const LANES = 8;

/**
 * Limits of a batch. It is short because progress is shown between batches, and much longer than starting one takes.
 */
const BATCH_LIMITS: BatchLimits = { maxPages: LANES * 200, maxMs: 20_000 };

/**
 * Runs one batch of a backfill: reads the missing windows of its range concurrently, until none is left or the budget
 * of the batch is spent. The missing windows are read from the ledger each time, so each batch resumes where the
 * previous one ended.
 */
export async function backfillAuditEvents(
  { store, stopping }: ActivityDependencies,
  sessions: Sessions,
  connection: LoadedConnection,
  batch: BackfillBatch,
): Promise<BackfillBatchResult> {
  const { row, now } = connection;
  const { connectionId, runId } = batch;
  const range = { start: new Date(batch.range.start), end: new Date(batch.range.end) };
  const session = await sessions.open(connection, 'backfill');
  const cancelled = Context.current().cancellationSignal;
  const drain = {
    store,
    path: pathOf(row.settings, STREAM),
    log: auditLog(store.events, row),
    now,
    session: oneCallFirst(session),
    budget: createBatchBudget(steadyTime, stopping, BATCH_LIMITS),
  };
  const missing = async (): Promise<PlannedWindow[]> =>
    planBackfill(range, await store.ledger.coverage(connectionId, STREAM), runId);

  try {
    const ended = await readSideBySide(await missing(), cancelled, (window, signal) =>
      readWindow({ ...drain, signal }, batch, window),
    );
    if (ended === 'disconnected') return await resultOf(drain, batch, { state: ended, left: 0 });
    const left = (await missing()).length;
    return await resultOf(drain, batch, { state: left === 0 ? 'complete' : 'more', left });
  } catch (error) {
    const { outcome, ...permission } = await refusedEndpoint(drain, batch, error);
    return { ...(await resultOf(drain, batch, { state: outcome, left: (await missing()).length })), ...permission };
  }
}

type Read = (window: PlannedWindow, signal: AbortSignal) => Promise<'next' | 'stop' | 'disconnected'>;

/**
 * Reads windows in order, several concurrently. A failure stops all of them: its cause would usually fail the other
 * calls too, and stored pages are kept.
 *
 * @throws the first failure, after all running windows have stopped
 */
async function readSideBySide(
  windows: readonly PlannedWindow[],
  cancelled: AbortSignal,
  read: Read,
): Promise<'ended' | 'disconnected'> {
  const waiting = [...windows];
  const failing = new AbortController();
  const signal = AbortSignal.any([cancelled, failing.signal]);
  const ends = new Set<Awaited<ReturnType<Read>>>();

  const lane = async (): Promise<void> => {
    for (let window = waiting.shift(); window && !signal.aborted; window = waiting.shift()) {
      const end = await read(window, signal);
      ends.add(end);
      if (end !== 'next') waiting.length = 0;
    }
  };
  const failures: unknown[] = [];
  const guardedLane = (): Promise<void> =>
    lane().catch((error: unknown) => {
      failures.push(error);
      failing.abort();
    });
  await Promise.all(Array.from({ length: Math.min(LANES, windows.length) }, guardedLane));
  if (failures.length > 0) throw failures[0];
  cancelled.throwIfAborted();
  return ends.has('disconnected') ? 'disconnected' : 'ended';
}

async function readWindow(
  drain: Drain,
  batch: BackfillBatch,
  window: PlannedWindow,
): Promise<'next' | 'stop' | 'disconnected'> {
  if (!drain.budget.spendPage()) return 'stop';
  const windowId = await openWindow(drain, batch, window);
  if (typeof windowId !== 'object') return whatNow(windowId);
  const taken = await takeWindow(drain, batch, windowId.windowId);
  if (taken === 'given-up') return 'next';
  if (typeof taken === 'string') return whatNow(taken);
  const { generation, epoch, runId } = taken;
  return whatNow(await drainWindow(drain, taken, { windowId: taken.windowId, generation, runId, epoch }));
}

/**
 * Decides how a lane continues. A window that another attempt has taken, or that has failed, is no longer this
 * lane's; the ledger has its state.
 */
function whatNow(drained: Drained): 'next' | 'stop' | 'disconnected' {
  if (drained === 'disconnected') return drained;
  return drained === 'complete' || typeof drained === 'object' ? 'next' : 'stop';
}

async function openWindow(
  { store }: Drain,
  { connectionId, generation }: BackfillBatch,
  { left, start, end }: PlannedWindow,
): Promise<{ readonly windowId: string } | Refused> {
  return left ?? (await store.ledger.open({ connectionId, generation, stream: STREAM, kind: 'backfill', start, end }));
}

/**
 * Takes a window for this attempt. If the vendor has dropped the start of a window without pages since it was opened,
 * the window starts later; if the vendor has dropped all of it, it fails.
 */
async function takeWindow(
  { store, now }: Drain,
  { generation, runId }: BackfillBatch,
  windowId: string,
): Promise<TakenWindowRow | Refused | 'given-up'> {
  const taken = await store.ledger.take(windowId, generation, runId);
  if (typeof taken === 'string' || taken.pages > 0) return taken;
  if (keptRange(taken, now()).start.getTime() === taken.start.getTime()) return taken;
  const start = clampStart(taken.start, now());
  if (start < taken.end) {
    const moved = await store.ledger.move(taken, start, taken.end);
    return typeof moved === 'string' ? moved : { ...taken, ...moved };
  }
  const ended = await store.ledger.restart(taken, start, 'look-back');
  return ended === 'exhausted' ? 'given-up' : 'superseded';
}

/** Lets one call finish before the others start, so that rejected keys are rejected once and not once per lane. */
function oneCallFirst(session: Session): Session {
  let first: Promise<unknown> | undefined;
  return {
    row: session.row,
    get keys() {
      return session.keys;
    },
    async call(make) {
      if (first) {
        await first;
        return await session.call(make);
      }
      const answered = session.call(make);
      first = answered;
      return await answered;
    },
  };
}

async function resultOf(
  { store }: Pick<Drain, 'store'>,
  { connectionId, runId }: BackfillBatch,
  { state, left }: { readonly state: BackfillBatchResult['state']; readonly left: number },
): Promise<BackfillBatchResult> {
  const { complete, failed } = await store.ledger.backfilled(connectionId, STREAM, runId);
  const { pages, events, newEvents } = await store.ledger.pollCounts(connectionId, STREAM, runId);
  const head = await store.log.head(connectionId);
  return defined({
    state,
    windows: { done: complete, failed, total: complete + failed + left },
    pages,
    events,
    newEvents,
    head,
  });
}
