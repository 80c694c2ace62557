import { Context } from '@temporalio/activity';
import type { ConnectionRow } from '../../model/connection.js';
import { defined } from '../../model/json.js';
import {
  keptRange,
  lateEventsWindow,
  nextWindow,
  pollEnd,
  WINDOW_RULES,
  type WindowRules,
} from '../../mimecast/audit-windows.js';
import { createBatchBudget } from './batch-budget.js';
import type { ActivityDependencies } from '../dependencies.js';
import type { Drain } from './drain-window.js';
import { drainWindow, failedWindowFailure } from './drain-window.js';
import type { PagedLog } from './paged-log.js';
import { refusedEndpoint } from './refused-endpoint.js';
import type { Sessions } from '../session.js';
import { steadyTime } from '../steady-time.js';
import { pathOf } from '../stream-endpoints.js';
import type { LoadedConnection } from '../../evidence/database/connection-row.js';
import type { AuditBatch, AuditProgress } from '../../contract/activities.js';
import type { LedgerPosition } from '../../evidence/ledger/ledger.js';
import type { NewWindow, TakenWindowRow, WindowRow } from '../../evidence/ledger/window.js';
import type { Refused } from '../../evidence/database/guard.js';

type State = AuditProgress['state'];

/** Progress of a batch. */
interface Position {
  window?: WindowRow;
  windowOpened: boolean;
  /**
   * When the poll started, and not after now: with a Temporal server whose clock is ahead, a poll would read up to a moment
   * that has not come, and what happens until then would be lost. Fixed for the batch, so that it ends.
   */
  readonly startedAt: Date;
}

/**
 * Runs one batch of the poll of a log: finishes the open window, opens the next ones, and drains them until
 * everything up to the poll's end is held or the batch's budget is spent.
 */
export async function collectPages(
  dependencies: ActivityDependencies,
  sessions: Sessions,
  connection: LoadedConnection,
  batch: AuditBatch,
  log: PagedLog,
): Promise<AuditProgress> {
  const { store, stopping } = dependencies;
  const { row, now } = connection;
  const { endpoint } = log;
  const path = pathOf(row.settings, endpoint);
  const startedAt = new Date(Math.min(Date.parse(batch.startedAt), now().getTime()));
  const position: Position = { windowOpened: batch.windowOpened, startedAt };
  const drain: Drain = {
    store,
    log,
    path,
    now,
    session: await sessions.open(connection),
    budget: createBatchBudget(steadyTime, stopping),
    signal: Context.current().cancellationSignal,
  };

  try {
    const state = await drainWindows(drain, row, batch, position);
    return await progressOf(drain, batch, position, state);
  } catch (error) {
    const { outcome, ...permission } = await refusedEndpoint(drain, batch, error);
    return { ...(await progressOf(drain, batch, position, outcome)), ...permission };
  }
}

async function drainWindows(drain: Drain, row: ConnectionRow, batch: AuditBatch, position: Position): Promise<State> {
  const { generation, runId } = batch;
  for (;;) {
    const window = await currentWindow(drain, row, batch, position);
    if (window === 'nothing-to-do') return 'complete';
    if (typeof window === 'string') return window;
    position.windowOpened = true;
    // Checked here and not earlier: a batch whose budget ends with the poll's last page is the last batch.
    if (!drain.budget.spendPage()) return 'more';
    const taken = await takeWindow(drain, window.windowId, generation, runId);
    if (typeof taken === 'string') return taken;
    position.window = taken;
    const drained = await drainWindow(drain, taken, {
      windowId: taken.windowId,
      generation,
      runId,
      epoch: taken.epoch,
    });
    if (drained === 'superseded' || drained === 'disconnected') return drained;
    if (drained === 'out-of-budget') return 'more';
    if (typeof drained === 'object') throw failedWindowFailure(drained, drain.path);
  }
}

/**
 * Takes a window for this attempt. A window that waited too long for its first page is moved to the range that can
 * still be read.
 */
async function takeWindow(
  { store, now, log }: Drain,
  windowId: string,
  generation: number,
  runId: string,
): Promise<TakenWindowRow | Refused> {
  const taken = await store.ledger.take(windowId, generation, runId);
  if (typeof taken === 'string' || taken.pages > 0) return taken;
  const { start, end } = keptRange(taken, now(), log.rules);
  if (start.getTime() === taken.start.getTime()) return taken;
  const moved = await store.ledger.move(taken, start, end);
  return typeof moved === 'string' ? moved : { ...taken, ...moved };
}

/** Returns the open window, or opens the next one at the stream's position. */
async function currentWindow(
  { store, now, log }: Drain,
  row: ConnectionRow,
  batch: AuditBatch,
  { windowOpened, startedAt }: Position,
): Promise<WindowRow | Refused | 'nothing-to-do'> {
  const { ledgerStream: stream, rules } = log;
  const at = await store.ledger.position(batch.connectionId, stream);
  if (at.openWindow) return at.openWindow;
  const wanted =
    wantedWindow(row, at, startedAt, now(), windowOpened, rules) ??
    (windowOpened ? undefined : heldWindow(at, now(), rules));
  if (!wanted) return 'nothing-to-do';
  const { connectionId, generation } = batch;
  return await store.ledger.open({ connectionId, generation, stream, ...wanted });
}

/**
 * Decides what a poll reads next when no window is open: everything up to its end, then, once a day, the last two
 * days again for events that arrived late.
 */
export function wantedWindow(
  row: Pick<ConnectionRow, 'createdAt'>,
  at: LedgerPosition,
  pollStartedAt: Date,
  now: Date,
  openedThisPoll: boolean,
  rules: WindowRules = WINDOW_RULES,
): Pick<NewWindow, 'kind' | 'start' | 'end' | 'gap'> | undefined {
  const end = pollEnd(pollStartedAt, rules);
  const { watermark, lateEventsReadTo } = at;
  const next = nextWindow(defined({ end, now, openedThisPoll, rules, watermark }));
  if (next !== 'nothing-to-do') {
    const { window, gap } = next;
    return { kind: 'scheduled', ...window, ...(gap && { gap: { ...gap, cause: 'look-back' } }) };
  }
  const late =
    watermark && lateEventsWindow({ end, watermark, rules, lateEventsReadTo: lateEventsReadTo ?? row.createdAt });
  return late && { kind: 'late-events', ...late };
}

/**
 * The newest part of what is held, for a poll that has nothing else to read: each poll makes a call, so that none reports
 * an answer that it does not have. It starts late or twice, or the clock of the Temporal server is behind.
 */
export function heldWindow(
  { watermark }: LedgerPosition,
  now: Date,
  rules: WindowRules = WINDOW_RULES,
): Pick<NewWindow, 'kind' | 'start' | 'end'> | undefined {
  if (watermark === undefined) return undefined;
  const end = new Date(Math.min(watermark.getTime(), pollEnd(now, rules).getTime()));
  return { kind: 'scheduled', start: new Date(end.getTime() - rules.overlapMs), end };
}

async function progressOf(
  { store, path, log }: Drain,
  batch: AuditBatch,
  { window, windowOpened }: Position,
  state: State,
): Promise<AuditProgress> {
  const at = await store.ledger.position(batch.connectionId, log.ledgerStream);
  const { pages, events, newEvents } = await store.ledger.pollCounts(batch.connectionId, log.ledgerStream, batch.runId);
  const shown = at.openWindow ?? window;
  return {
    state,
    path,
    windowOpened,
    pages,
    events,
    newEvents,
    ...(at.watermark && { watermark: at.watermark.toISOString() }),
    ...(shown && {
      window: { start: shown.start.toISOString(), end: shown.end.toISOString(), pages: shown.pages },
    }),
  };
}
