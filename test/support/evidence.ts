import { createEvidenceStore, type EvidenceStore } from '../../evidence/store.js';
import { prepareEvents } from '../../evidence/events/prepare-events.js';
import type { AuditEvent } from '../../mimecast/audit-events.js';
import type { TestDatabase } from './database.js';
import type { Provenance } from '../../model/provenance.js';
import type { AuditPage } from '../../evidence/events/store-page.js';
import type { NewWindow, TakenWindow, TakenWindowRow, WindowRow } from '../../evidence/ledger/window.js';

/** Data of evidence tests: a connected tenant, a window that is taken, a page of believable events. */

export const HOUR_MS = 3_600_000;
export const NOON = new Date('2026-03-01T12:00:00Z');

export const PROVENANCE: Provenance = {
  host: 'eu-api.mimecast.com',
  path: '/api/audit/get-audit-events',
  requestId: '0f8fad5b-d9cb-469f-a165-70867728950e',
  httpStatus: 200,
  vendorDate: 'Sun, 01 Mar 2026 12:00:00 GMT',
  receivedAt: '2026-03-01T12:00:00.000Z',
};

export const SETTINGS = {
  baseUrl: 'https://eu-api.mimecast.com',
  apiVersion: '1.0',
  streams: {
    'audit-events': { enabled: true, everyMs: 6 * HOUR_MS },
    policies: { enabled: true, everyMs: 24 * HOUR_MS },
  },
  pagination: { pageSize: 500, tokenIn: 'meta' },
} as const;

export function auditEvent(number: number, changes: Partial<AuditEvent> = {}): AuditEvent {
  const event = {
    id: `eNoVzk0-${String(number).padStart(12, '0')}`,
    eventTime: new Date(NOON.getTime() + number * 1000),
    auditType: 'User Logged On',
    category: 'authentication_logs',
    user: 'test.user@example.com',
    ...changes,
  };
  return { ...event, raw: changes.raw ?? { ...event, eventTime: event.eventTime.toISOString() } };
}

export function auditEvents(from: number, count: number): AuditEvent[] {
  return Array.from({ length: count }, (_, index) => auditEvent(from + index));
}

export async function connectedStore(databaseUrl: string, connectionId = 'acme'): Promise<EvidenceStore> {
  const store = createEvidenceStore({ databaseUrl });
  await connect(store, connectionId);
  return store;
}

export async function connect(store: EvidenceStore, connectionId: string): Promise<void> {
  await store.connections.open({ connectionId, settings: SETTINGS, sealed: `sealed-${connectionId}`, kid: 'ring-1' });
  await store.connections.promote(connectionId, 1, { accountCode: 'CUK1A1', acceptedAt: NOON });
}

function newWindow(changes: Partial<NewWindow> = {}): NewWindow {
  return {
    connectionId: 'acme',
    generation: 1,
    stream: 'audit-events',
    kind: 'scheduled',
    start: NOON,
    end: new Date(NOON.getTime() + HOUR_MS),
    ...changes,
  };
}

export async function openWindow(store: EvidenceStore, changes: Partial<NewWindow> = {}): Promise<WindowRow> {
  return granted(await store.ledger.open(newWindow(changes)));
}

export async function takenWindow(store: EvidenceStore, changes: Partial<NewWindow> = {}): Promise<TakenWindowRow> {
  const { windowId } = await openWindow(store, changes);
  return granted(await store.ledger.take(windowId, 1, 'run-1'));
}

export function page(window: TakenWindow, pagesBefore: number, events: AuditEvent[], nextToken?: string): AuditPage {
  return {
    window,
    pagesBefore,
    events: prepareEvents(events),
    ...(nextToken !== undefined && { nextToken }),
    provenance: PROVENANCE,
  };
}

/** Returns the answer of a guarded write. @throws Error when the write was refused */
export function granted<Answer>(answer: Answer | string): Answer {
  if (typeof answer === 'string') throw new Error(`refused: ${answer}`);
  return answer;
}

interface LogEntry {
  readonly kind: string;
  readonly data: Record<string, unknown>;
}

/** Reads a connection's log without the store. */
export async function logOf(database: TestDatabase, connectionId = 'acme'): Promise<LogEntry[]> {
  return database.query<LogEntry>(
    `select record::json ->> 'kind' as kind, record::json -> 'data' as data from mimecast.log
      where connection_id = $1 order by sequence`,
    [connectionId],
  );
}
