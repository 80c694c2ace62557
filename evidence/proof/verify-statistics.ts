import { sha256 } from '../database/canonical.js';
import { canonicalJson } from '../database/canonical.js';
import { addToCell, keyOf, type Cell, type CellIncrement } from '../statistics/cell.js';
import type { Queryable } from '../database/database.js';
import type { ProofRecord } from './proof-records.js';
import { ROW_DIGESTS_KEPT_DAYS } from '../statistics/row-digests.js';
import { CELL_COLUMNS, toCell, type CellRecord } from '../statistics/cells.js';
import type { Protection } from '../../model/statistics.js';
import { DAY_MS } from '../../model/time.js';
import { parseRecord, type LogRecord } from '../log/record.js';
import type { Verification } from './verifier.js';

const BATCH = 500;

/**
 * Adds up the statistics of a connection from its log, and compares them with the stored cells. Memory grows with the
 * number of cells, like that of a report over the whole time.
 */
export class StatisticsCheck {
  private readonly cells = new Map<string, Cell>();
  private readonly client: Queryable;
  private readonly connectionId: string;
  private readonly now: Date;

  constructor(client: Queryable, connectionId: string, now: Date) {
    this.client = client;
    this.connectionId = connectionId;
    this.now = now;
  }

  /** Adds a page's entry. @returns the problem with its rows, as far as they are still stored */
  async take(record: ProofRecord): Promise<Verification['firstBroken']> {
    if (record.type !== 'entry') return undefined;
    const { kind, data } = parseRecord(record.record) ?? {};
    if (kind !== 'statistics-page' || !data) return undefined;
    const reason = await this.takePage(data);
    return reason === undefined ? undefined : { sequence: record.sequence, kind, reason };
  }

  private async takePage(data: LogRecord['data']): Promise<string | undefined> {
    const windowId = String(data['windowId']);
    const protection = protectionOf(data);
    for (const added of data['cells'] as readonly CellIncrement[]) {
      const key = nameOf(protection, added);
      this.cells.set(key, addToCell(this.cells.get(key), added, windowId));
    }
    return await this.brokenDigests(protection, data);
  }

  /** @returns the first cell that differs from the sum of the pages */
  async difference(): Promise<Verification['firstBroken']> {
    const held = new Set<string>();
    for await (const { protection, cell } of cellsOf(this.client, this.connectionId)) {
      const name = nameOf(protection, cell);
      const expected = this.cells.get(name);
      if (!expected || canonicalJson(expected) !== canonicalJson(cell)) {
        return broken(protection, cell, 'are not what the pages in the log add up to');
      }
      held.add(name);
    }
    const lost = [...this.cells].find(([name]) => !held.has(name));
    if (!lost) return undefined;
    const [name, cell] = lost;
    return broken(name.slice(0, name.indexOf('[')), cell, 'are gone');
  }

  /** Digests are pruned some time after their window; those of younger windows must all be there. */
  private async brokenDigests(protection: Protection, data: LogRecord['data']): Promise<string | undefined> {
    const windowEnd = new Date(String(data['windowEnd']));
    if (windowEnd.getTime() < this.now.getTime() - ROW_DIGESTS_KEPT_DAYS * DAY_MS) return undefined;
    const rows = await this.client.query<{ digest: Buffer }>({
      name: 'digests-of-page',
      text: `
        select digest from mimecast.row_digests
         where connection_id = $1 and protection = $2 and read_to = $3 and window_id = $4 and restart = $5 and page = $6
         order by digest`,
      values: [this.connectionId, protection, windowEnd, data['windowId'], data['restart'], data['page']],
    });
    if (rows.length !== data['newRows']) {
      return `this page brought ${String(data['newRows'])} rows, and the digests of ${rows.length} of them are held`;
    }
    const digest = sha256(Buffer.concat(rows.map((row) => row.digest))).toString('hex');
    return digest === data['digest'] ? undefined : 'the row digests of this page are not those that were stored';
  }
}

const protectionOf = ({ stream }: LogRecord['data']): Protection => String(stream).split('/')[1] as Protection;

const nameOf = (protection: Protection, cell: CellIncrement): string => protection + keyOf(cell);

function broken(protection: string, { day, route }: CellIncrement, reason: string): Verification['firstBroken'] {
  const which = [protection, route].filter(Boolean).join(', ');
  return { sequence: 0, kind: 'statistics', reason: `the statistics of ${day} (${which}) ${reason}` };
}

async function* cellsOf(
  client: Queryable,
  connectionId: string,
): AsyncGenerator<{ readonly protection: Protection; readonly cell: Cell }> {
  let after: [string, string, string, string] = ['', '-infinity', '', ''];
  for (;;) {
    const batch: (CellRecord & { readonly protection: Protection })[] = await client.query({
      name: 'cells',
      text: `
        select protection, ${CELL_COLUMNS} from mimecast.daily_statistics
         where connection_id = $1 and (protection, day, route, definition) > ($2, $3::date, $4, $5)
         order by protection, day, route, definition limit ${BATCH}`,
      values: [connectionId, ...after],
    });
    for (const record of batch) yield { protection: record.protection, cell: toCell(record) };
    const last = batch.at(-1);
    if (last === undefined || batch.length < BATCH) return;
    after = [last.protection, last.day, last.route, last.definition];
  }
}
