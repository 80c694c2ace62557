import type { LateEvents } from '../../model/completeness.js';
import type { Queryable } from '../database/database.js';
import type { TimeRange } from '../../model/time-ranges.js';

/**
 * Counts events that a window found where another had already read: in the daily reading of the last two days, and in
 * the half hour by which a poll overlaps the held range. Windows of backfills read ranges that were not held.
 *
 * Only windows with new events are examined, and of those only the overlapping range, so the number of rows does not
 * grow with the evidence. An event appeared at some time between the two readings, so its lateness is at most the
 * time until the second.
 */
const LATE_EVENTS = `
with reading as (
  select window_id, window_start, window_end, finished_at,
         max(window_end) filter (where kind = 'scheduled')
           over (order by window_id rows between unbounded preceding and 1 preceding) as read_to
    from mimecast.windows
   where connection_id = $1 and stream = 'audit-events' and kind in ('scheduled', 'late-events') and state = 'complete'
), again as (
  select r.window_id, r.window_start, least(r.window_end, r.read_to) as read_to, r.finished_at
    from reading r
   where r.read_to > r.window_start and r.finished_at >= $2 and r.finished_at < $3
     and exists (select from mimecast.pages p where p.window_id = r.window_id and p.new_events > 0)
)
select count(*)::integer as count,
       (max(extract(epoch from a.finished_at - e.event_time)) / 3600)::float8 as hours
  from again a
  join mimecast.audit_events e
    on e.connection_id = $1 and e.event_time >= a.window_start and e.event_time < a.read_to and e.window_id = a.window_id`;

export async function countLateEvents(
  client: Queryable,
  connectionId: string,
  { start, end }: TimeRange,
): Promise<LateEvents> {
  const [late] = await client.query<{ count: number; hours: number | null }>({
    text: LATE_EVENTS,
    values: [connectionId, start, end],
  });
  const { count = 0, hours } = late ?? {};
  return { count, ...(typeof hours === 'number' && { largestLatenessHours: Math.round(hours * 10) / 10 }) };
}
