import { endOfDay } from './cell.js';
import type { Queryable } from '../database/database.js';
import type { Protection } from '../../model/statistics.js';

/** The held part of a protection log: its windows are contiguous, except for gaps. */
export interface ProtectionLogCoverage {
  readonly heldFrom: Date;
  readonly heldTo: Date;
  readonly gaps: readonly { readonly start: Date; readonly end: Date }[];
}

/** Returns the held part of each log of a connection that has a complete window. */
export async function protectionLogCoverage(
  client: Queryable,
  connectionId: string,
): Promise<Map<Protection, ProtectionLogCoverage>> {
  const held = await client.query<{ protection: Protection; from: Date; to: Date }>({
    text: `
      select split_part(stream, '/', 2) as protection, min(window_start) as "from", max(window_end) as "to"
        from mimecast.windows
       where connection_id = $1 and starts_with(stream, 'threat-statistics/') and kind = 'scheduled' and state = 'complete'
       group by stream`,
    values: [connectionId],
  });
  const gaps = await client.query<{ protection: Protection; start: Date; end: Date }>({
    text: `
      select split_part(stream, '/', 2) as protection, gap_start as "start", gap_end as "end" from mimecast.gaps
       where connection_id = $1 and starts_with(stream, 'threat-statistics/')`,
    values: [connectionId],
  });
  return new Map(
    held.map(({ protection, from, to }) => [
      protection,
      { heldFrom: from, heldTo: to, gaps: gaps.filter((gap) => gap.protection === protection) },
    ]),
  );
}

/** Returns true when a UTC day is held from its beginning to its end. */
export function coversDay(coverage: ProtectionLogCoverage | undefined, day: string): boolean {
  if (!coverage) return false;
  const start = new Date(day);
  const end = endOfDay(day);
  const { heldFrom, heldTo, gaps } = coverage;
  return heldFrom <= start && end <= heldTo && !gaps.some((gap) => gap.start < end && start < gap.end);
}
