import { advanceWindow, isRepeatedToken } from '../ledger/advance-window.js';
import { canonicalJson, sha256 } from '../database/canonical.js';
import { countRows } from './cell.js';
import type { Database, Queryable } from '../database/database.js';
import { append } from '../log/append.js';
import {
  digestRows,
  keepBodies,
  keepNew,
  pruneDigests,
  rowKey,
  type DigestedRow,
  type PagePlace,
  type RowKey,
} from './row-digests.js';
import { addToCells } from './cells.js';
import type { CountedRow } from '../../mimecast/protection-rows.js';
import type { Protection } from '../../model/statistics.js';
import type { Provenance } from '../../model/provenance.js';
import {
  refusalReason,
  type LedgerStream,
  type StoredPage,
  type WindowKind,
  type TakenWindow,
} from '../ledger/window.js';
import type { Refused } from '../database/guard.js';

/** One page of a protection log. */
export interface StatisticsPage {
  readonly window: TakenWindow;
  readonly protection: Protection;
  /** Number of pages that the window must have before this one. */
  readonly pagesBefore: number;
  readonly rows: readonly CountedRow[];
  /** Token of the next page; undefined for the window's last page. */
  readonly nextToken?: string;
  readonly provenance: Provenance;
  /** Store the new rows too. */
  readonly keepRows: boolean;
}

export async function storeStatisticsPage(
  db: Database,
  page: StatisticsPage,
): Promise<StoredPage | Refused | 'repeated-token'> {
  try {
    return await db.transaction((client) => store(client, page));
  } catch (error) {
    if (isRepeatedToken(error)) return 'repeated-token';
    throw error;
  }
}

/**
 * Locks in the same order as every page: connection, window, rows by key, head of the log.
 *
 * The page's log entry contains the amount added to each cell, so that the cells can be recomputed from the log alone
 * after the digests are pruned. The digest over the digests of its new rows identifies these rows while they are
 * stored.
 */
async function store(client: Queryable, page: StatisticsPage): Promise<StoredPage | Refused> {
  const { protection, rows, provenance } = page;
  const taken = await advance(client, page);
  if (!taken) return refusalReason(client, page.window.windowId, page.window.generation);

  const place = placeOf(taken, page);
  const { connectionId, windowId } = place;
  const key = await rowKey(client, connectionId);
  const { heldTo, countedTo } = await heldBefore(client, taken, key);
  const added = await keepNew(client, place, digestRows(rows, key));
  const counted = added.map(({ row }) => row).filter(({ time }) => countedTo === null || time >= countedTo);
  const cells = countRows(counted, heldTo ?? undefined);
  await addToCells(client, connectionId, protection, windowId, cells);
  if (page.keepRows) await keepBodies(client, place, added);

  const complete = taken.state === 'complete';
  const sequence = await append(client, connectionId, 'statistics-page', {
    stream: taken.stream,
    windowId,
    windowKind: taken.kind,
    windowStart: taken.window_start.toISOString(),
    windowEnd: taken.window_end.toISOString(),
    restart: place.restart,
    page: place.page,
    windowComplete: complete,
    rows: rows.length,
    newRows: added.length,
    // Rows that were digested under a destroyed key: it is unknown whether they were counted before.
    ...(counted.length < added.length && { uncounted: added.length - counted.length }),
    digest: digestOf(added),
    ...(page.keepRows && { bodiesDigest: bodiesDigest(added.map(({ row }) => canonicalJson(row.raw))) }),
    cells,
    provenance,
  });
  await keepPage(client, taken, page, added.length, sequence);
  if (complete) await pruneDigests(client, place);
  return { pages: taken.pages, events: taken.events, newEvents: added.length, complete };
}

interface AdvancedWindow {
  readonly connection_id: string;
  readonly window_id: string;
  readonly stream: LedgerStream;
  readonly kind: WindowKind;
  readonly window_start: Date;
  readonly window_end: Date;
  readonly state: 'open' | 'complete';
  readonly pages: number;
  readonly events: number;
  readonly restarts: number;
  readonly run_id: string | null;
}

async function advance(client: Queryable, page: StatisticsPage): Promise<AdvancedWindow | undefined> {
  const { window, rows, nextToken, pagesBefore } = page;
  const [taken] = await client.query<AdvancedWindow>({
    name: 'advance-window',
    text: `with ${advanceWindow('null::integer')} select t.*, t.window_id::text from taken t`,
    values: [window.windowId, window.generation, window.epoch, pagesBefore, rows.length, nextToken ?? null],
  });
  return taken;
}

function placeOf(taken: AdvancedWindow, { protection }: StatisticsPage): PagePlace {
  return {
    connectionId: taken.connection_id,
    protection,
    windowId: taken.window_id,
    windowEnd: taken.window_end,
    restart: taken.restarts,
    page: taken.pages,
  };
}

interface Held {
  /** End of what was held of the log before this window. */
  readonly heldTo: Date | null;
  /**
   * End of what was counted under a destroyed key. Rows before it cannot be recognised as new, so none of them is
   * counted again.
   */
  readonly countedTo: Date | null;
}

async function heldBefore(client: Queryable, taken: AdvancedWindow, { createdAt }: RowKey): Promise<Held> {
  const [held] = await client.query<{ held_to: Date | null; counted_to: Date | null }>({
    name: 'held-before',
    text: `
      select max(window_end) as held_to, max(window_end) filter (where finished_at < $4) as counted_to
        from mimecast.windows
       where connection_id = $1 and stream = $2 and window_id <> $3 and kind = 'scheduled' and state = 'complete'`,
    values: [taken.connection_id, taken.stream, taken.window_id, createdAt],
  });
  return { heldTo: held?.held_to ?? null, countedTo: held?.counted_to ?? null };
}

async function keepPage(
  client: Queryable,
  taken: AdvancedWindow,
  { rows, nextToken }: StatisticsPage,
  newRows: number,
  sequence: string,
): Promise<void> {
  await client.query({
    text: `
      insert into mimecast.pages (window_id, restart, page, run_id, events, new_events, token_digest, log_sequence)
      values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [
      taken.window_id,
      taken.restarts,
      taken.pages,
      taken.run_id,
      rows.length,
      newRows,
      nextToken === undefined ? null : sha256(nextToken),
      sequence,
    ],
  });
}

const digestOf = (rows: readonly DigestedRow[]): string =>
  sha256(Buffer.concat(rows.map(({ digest }) => digest))).toString('hex');

/** Digest over the hashes of the bodies, in the order of their rows' digests. */
const bodiesDigest = (bodies: readonly string[]): string =>
  sha256(Buffer.concat(bodies.map((body) => sha256(body)))).toString('hex');
