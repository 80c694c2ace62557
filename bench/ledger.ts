import type { Stack } from './stack.js';
import type { Workload } from './workload.js';

const STREAM = 'audit-events';

/** Opens the window to read, as an earlier poll would have left it: the next poll reads it first. */
export async function openWindow(
  { store }: Stack,
  connectionId: string,
  { window }: Pick<Workload, 'window'>,
): Promise<{ windowId: string; generation: number }> {
  const row = await store.connections.read(connectionId);
  if (!row) throw new Error(`There is no connection ${connectionId}.`);
  const { generation } = row;
  const opened = await store.ledger.open({ connectionId, generation, stream: STREAM, kind: 'scheduled', ...window });
  if (typeof opened === 'string') throw new Error(`The window of ${connectionId} could not be opened: ${opened}.`);
  return { windowId: opened.windowId, generation };
}

/** Runs the maintenance of Postgres now, instead of during a measurement. */
export async function settle({ database }: Stack): Promise<void> {
  await database.query('vacuum (analyze) mimecast.audit_events, mimecast.pages, mimecast.log, mimecast.log_heads');
  await database.query('checkpoint');
}

const HELD = `
select (select count(*)::integer from mimecast.audit_events where connection_id = $1) as rows,
       (select count(distinct id_hash)::integer from mimecast.audit_events where connection_id = $1) as events,
       (select count(*)::integer from mimecast.pages join mimecast.windows using (window_id)
         where connection_id = $1) as pages,
       (select count(*)::integer from mimecast.windows where connection_id = $1 and state = 'complete') as windows`;

/** Checks the stored events. @throws {Error} unless every event of the workload is stored exactly once */
export async function checkStored(
  { database }: Stack,
  connectionId: string,
  workload: Workload,
  windows = 1,
): Promise<void> {
  const { rows } = await database.query<Record<string, number>>(HELD, [connectionId]);
  const stored = JSON.stringify(rows[0]);
  const { events, pages } = workload;
  const wanted = JSON.stringify({ rows: events, events, pages, windows });
  if (stored !== wanted)
    throw new Error(`${connectionId} must hold ${wanted}, and holds ${stored}. The run does not count.`);
}
