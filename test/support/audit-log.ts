import type { TestDatabase } from './database.js';
import type { Tenant } from './engine.js';
import { vendorTime } from '../../sandbox/simulator/audit-log.js';
import type { AuditEvent } from '../../sandbox/simulator/tenant.js';

/** Ids of a tenant's events at the vendor, from one moment to another, both included; sorted. All unless moments are given. */
export function vendorIds({ running }: Tenant, from = new Date(0), to = new Date()): string[] {
  const { auditLog } = running;
  const first = auditLog.countUntil(from.getTime() - 1);
  const count = auditLog.countUntil(to.getTime()) - first;
  return Array.from({ length: count }, (_, index) => idOf(auditLog.json(first + index))).sort();
}

/** Ids of the events that are held for a connection, as often as they are held; sorted. */
export async function heldIds(database: TestDatabase, connectionId: string): Promise<string[]> {
  const rows = await database.query<{ body: string }>(
    'select body from mimecast.audit_events where connection_id = $1',
    [connectionId],
  );
  return rows.map(({ body }) => idOf(body)).sort();
}

/** Events that the vendor shows from now on and that happened at a moment. */
export function happened(tenant: Tenant, at: Date, count = 1): string[] {
  const events = Array.from({ length: count }, (_, index): AuditEvent => {
    const id = `eNoAdded-${at.getTime()}-${index}-${tenant.running.auditLog.version}`;
    const what = {
      auditType: 'User Logged On',
      category: 'authentication_logs',
      eventInfo: 'Successful authentication',
    };
    return { id, ...what, user: 'someone@tenant.example', eventTime: vendorTime(at.getTime()) };
  });
  tenant.running.addLateEvents(events);
  return events.map(({ id }) => id);
}

export interface WindowState {
  readonly kind: string;
  readonly state: string;
  readonly start: Date;
  readonly end: Date;
  readonly pages: number;
  readonly restarts: number;
}

/** A connection's windows, in the order in which they were opened. */
export async function windowsOf(database: TestDatabase, connectionId: string): Promise<WindowState[]> {
  return database.query<WindowState & Record<string, unknown>>(
    `select kind, state, window_start as "start", window_end as "end", pages, restarts from mimecast.windows
      where connection_id = $1 order by window_id`,
    [connectionId],
  );
}

/** Makes a connection look as if everything about it had happened earlier by this much. */
export async function letTimePass(database: TestDatabase, connectionId: string, ms: number): Promise<void> {
  const earlier = (column: string): string => `${column} = ${column} - $2 * interval '1 ms'`;
  const statements = [
    `update mimecast.windows set ${earlier('window_start')}, ${earlier('window_end')} where connection_id = $1`,
    `update mimecast.gaps set ${earlier('gap_start')}, ${earlier('gap_end')} where connection_id = $1`,
    `update mimecast.connections set ${earlier('created_at')} where connection_id = $1`,
    `update mimecast.credentials set ${earlier('accepted_at')} where connection_id = $1`,
  ];
  for (const text of statements) await database.query(text, [connectionId, ms]);
}

const idOf = (json: string): string => (JSON.parse(json) as { id: string }).id;
