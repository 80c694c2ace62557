import type { TotalMismatch } from '../../model/completeness.js';
import type { Stream } from '../../model/connection.js';
import type { Queryable } from '../database/database.js';

/** Complete windows whose rows are not as many as the vendor said. An index holds these alone. */
export async function readTotalMismatches(
  client: Queryable,
  connectionId: string,
  stream: Stream,
): Promise<TotalMismatch[]> {
  return client.query<TotalMismatch & Record<string, unknown>>({
    text: `
      select window_id::text as "windowId", window_start as "start", window_end as "end", total_count as "told", events as "read"
        from mimecast.windows
       where connection_id = $1 and stream = $2 and state = 'complete' and total_count <> events
       order by window_start, window_id`,
    values: [connectionId, stream],
  });
}
