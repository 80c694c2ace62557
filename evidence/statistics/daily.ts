import type { Queryable } from '../database/database.js';
import { coversDay, protectionLogCoverage } from './protection-log-coverage.js';
import { CELL_COLUMNS, toCounts, type CellRecord } from './cells.js';
import { PROTECTIONS, type DailyStatistics, type Protection } from '../../model/statistics.js';
import { dayOf } from '../../model/time.js';

export async function readDaily(
  client: Queryable,
  connectionId: string,
  from: Date,
  to: Date,
): Promise<DailyStatistics[]> {
  const records = await client.query<CellRecord & { readonly protection: Protection }>({
    text: `
      select protection, ${CELL_COLUMNS} from mimecast.daily_statistics
       where connection_id = $1 and day between $2 and $3
       order by array_position($4::text[], protection), day, route collate "C", definition collate "C"`,
    values: [connectionId, dayOf(from), dayOf(to), PROTECTIONS],
  });
  const coverage = await protectionLogCoverage(client, connectionId);
  return records.map((record) => {
    const { protection, day } = record;
    return { ...toCounts(record), protection, complete: coversDay(coverage.get(protection), day) };
  });
}
