import type { Queryable } from '../database/database.js';
import { holdConnection } from '../database/guard.js';
import { append } from '../log/append.js';
import type { Gap, LedgerStream } from './window.js';

/**
 * Records a range that can no longer be collected, with its log entry. The same gap is not recorded twice. A gap that
 * has grown, because its window could still not be read when the vendor had dropped more, is recorded with its new
 * end.
 */
export async function recordGap(
  client: Queryable,
  connectionId: string,
  stream: LedgerStream,
  gap: Gap,
): Promise<void> {
  if (gap.start >= gap.end) return;

  const [before] = await client.query<{ start: Date }>({
    text: `
      select gap_start as "start" from mimecast.gaps
       where connection_id = $1 and stream = $2 and cause = $4 and gap_end = $3`,
    values: [connectionId, stream, gap.start, gap.cause],
  });
  const start = before?.start ?? gap.start;
  const recorded = await client.query({
    text: `
      insert into mimecast.gaps as g (connection_id, stream, gap_start, gap_end, cause) values ($1, $2, $3, $4, $5)
      on conflict (connection_id, stream, gap_start)
        do update set gap_end = excluded.gap_end where g.gap_end < excluded.gap_end
      returning gap_start`,
    values: [connectionId, stream, start, gap.end, gap.cause],
  });
  if (recorded.length === 0) return;
  await append(client, connectionId, 'gap', {
    stream,
    start: start.toISOString(),
    end: gap.end.toISOString(),
    cause: gap.cause,
  });
}

/** @returns true when work of that generation may still be stored */
export async function recordGaps(
  client: Queryable,
  connectionId: string,
  generation: number,
  stream: LedgerStream,
  gaps: readonly Gap[],
): Promise<boolean> {
  if (!(await holdConnection(client, connectionId, generation))) return false;
  for (const gap of gaps) await recordGap(client, connectionId, stream, gap);
  return true;
}

export async function readGaps(client: Queryable, connectionId: string, stream: LedgerStream): Promise<Gap[]> {
  return client.query<{ start: Date; end: Date; cause: Gap['cause'] }>({
    text: `
      select gap_start as "start", gap_end as "end", cause from mimecast.gaps
       where connection_id = $1 and stream = $2 order by gap_start`,
    values: [connectionId, stream],
  });
}
