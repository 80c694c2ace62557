import { addToCell, keyOf, type Cell, type CellIncrement } from './cell.js';
import type { Queryable } from '../database/database.js';
import type { Protection } from '../../model/statistics.js';

/** A row of the query for cells. */
export interface CellRecord {
  readonly day: string;
  readonly route: string;
  readonly definition: string;
  readonly rows: number;
  readonly by_result: Readonly<Record<string, number>>;
  readonly by_action: Readonly<Record<string, number>>;
  readonly malicious_allowed: number;
  readonly user_overrides: number;
  readonly admin_overrides: number;
  readonly late_rows: number;
  readonly revision: number;
  readonly revised_by: string | null;
}

/** SQL: columns of a `CellRecord`. */
export const CELL_COLUMNS = `
  day::text, route, definition, rows, by_result, by_action, malicious_allowed, user_overrides, admin_overrides, late_rows,
  revision, revised_by::text`;

export const toCell = (record: CellRecord): Cell => ({
  ...toCounts(record),
  ...(record.revised_by !== null && { revisedBy: record.revised_by }),
});

/** Returns a cell without the fields that only its next change needs. */
export function toCounts(record: CellRecord): Omit<Cell, 'revisedBy'> {
  return {
    day: record.day,
    route: record.route,
    definition: record.definition,
    rows: record.rows,
    byResult: record.by_result,
    byAction: record.by_action,
    maliciousAllowed: record.malicious_allowed,
    userOverrides: record.user_overrides,
    adminOverrides: record.admin_overrides,
    lateRows: record.late_rows,
    revision: record.revision,
  };
}

/**
 * Adds the counts of a page to the cells of its protection: reads, adds and writes them back. The page has locked its
 * window, and a log has one open window, so these cells have no other writer.
 */
export async function addToCells(
  client: Queryable,
  connectionId: string,
  protection: Protection,
  windowId: string,
  increments: readonly CellIncrement[],
): Promise<void> {
  if (increments.length === 0) return;
  const records = await client.query<CellRecord>({
    text: `
      select ${CELL_COLUMNS} from mimecast.daily_statistics
       where connection_id = $1 and protection = $2
         and (day, route, definition) in (select * from unnest($3::date[], $4::text[], $5::text[]))`,
    values: [
      connectionId,
      protection,
      increments.map(({ day }) => day),
      increments.map(({ route }) => route),
      increments.map(({ definition }) => definition),
    ],
  });
  const before = new Map(records.map(toCell).map((cell) => [keyOf(cell), cell]));
  const cells = increments.map((added) => addToCell(before.get(keyOf(added)), added, windowId));
  await client.query({
    text: `
      insert into mimecast.daily_statistics
        (connection_id, protection, day, route, definition, rows, by_result, by_action, malicious_allowed, user_overrides,
         admin_overrides, late_rows, revision, revised_by)
      select $1, $2, c.day, c.route, c.definition, c.rows, c."byResult", c."byAction", c."maliciousAllowed",
             c."userOverrides", c."adminOverrides", c."lateRows", c.revision, c."revisedBy"
        from json_to_recordset($3) as c (
               day date, route text, definition text, rows integer, "byResult" json, "byAction" json,
               "maliciousAllowed" integer, "userOverrides" integer, "adminOverrides" integer, "lateRows" integer,
               revision integer, "revisedBy" bigint)
      on conflict (connection_id, protection, day, route, definition) do update set
        rows = excluded.rows, by_result = excluded.by_result, by_action = excluded.by_action,
        malicious_allowed = excluded.malicious_allowed, user_overrides = excluded.user_overrides,
        admin_overrides = excluded.admin_overrides, late_rows = excluded.late_rows, revision = excluded.revision,
        revised_by = excluded.revised_by`,
    values: [connectionId, protection, JSON.stringify(cells)],
  });
}
