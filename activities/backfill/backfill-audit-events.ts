import { Context } from '@temporalio/activity';
import type { ConnectionRow } from '../../model/connection.js';
import { defined } from '../../model/json.js';
import { clampStart, keptRange } from '../../mimecast/audit-windows.js';
import { auditLog } from '../collect/audit-log.js';
import { planBackfill, type PlannedWindow } from './backfill-plan.js';
import { createBatchBudget, type BatchLimits } from '../collect/batch-budget.js';
import type { ActivityDependencies } from '../dependencies.js';
import { drainWindow, type Drain, type Drained } from '../collect/drain-window.js';
import { refusedEndpoint } from '../collect/refused-endpoint.js';
import type { Session, Sessions } from '../session.js';
import { pathOf } from '../stream-endpoints.js';
import type { BackfillBatch, BackfillBatchResult } from '../../contract/activities.js';
import type { Refused } from '../../evidence/database/guard.js';
import type { TakenWindowRow } from '../../evidence/ledger/window.js';

const STREAM = 'audit-events';

/** Windows that are read at once. With half of the vendor's limit more of them would only wait for each other. */
const LANES = 8;

/** Short, because between two batches is when people see how far it has come; much longer than their beginning takes. */
const BATCH_LIMITS: BatchLimits = { maxPages: LANES * 200, maxMs: 20_000 };

/**
 * One batch of a backfill: reads the windows that are missing from its range, several side by side, until there are none left
 * or the budget of the batch is spent. What is missing is looked up in the ledger each time, so that a batch goes on where
 * whatever came before it ended.
 */
export async function backfillAuditEvents(
  { store, now, stopping }: ActivityDependencies,
  sessions: Sessions,
  row: ConnectionRow,
  batch: BackfillBatch,
): Promise<BackfillBatchResult> {
  const { connectionId, runId } = batch;
  const range = { start: new Date(batch.range.start), end: new Date(batch.range.end) };
  const session = await sessions.open(row, 'backfill');
  const cancelled = Context.current().cancellationSignal;
  const drain = {
    store,
    path: pathOf(row.settings, STREAM),
    log: auditLog(store.events, row),
    now,
    session: oneCallFirst(session),
    budget: createBatchBudget(now, stopping, BATCH_LIMITS),
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
 * Reads windows in their order, several at a time. A failure ends all of them: what made one call fail would mostly make the
 * others fail too, and what they have stored is kept.
 *
 * @throws what the first of them threw, once none is at work any more
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

/** A window that another attempt has, or that is given up, is not this lane's any more; the ledger says what comes of it. */
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
 * Takes a window for this attempt. One of which nothing was read yet, and whose beginning the vendor has dropped since it was
 * opened, begins later; when all of it was dropped it is given up.
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

/** Lets one call through before the others, so that keys which are refused are refused once and not by every lane. */
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
