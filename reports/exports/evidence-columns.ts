import type { Column } from './csv.js';
import type { ExportedEvent, ExportedObservation } from '../../evidence/export.js';

/** An event; its body may have been erased. */
type HeldEvent = Omit<ExportedEvent, 'body'> & Partial<Pick<ExportedEvent, 'body'>>;

interface EventRow {
  readonly event: HeldEvent;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Creates a row. Fields come from the event's body, which the vendor may extend; missing fields stay empty. */
export const eventRow = (event: HeldEvent): EventRow => ({
  event,
  fields: event.body === undefined ? {} : (JSON.parse(event.body) as EventRow['fields']),
});

function text(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export const EVENT_COLUMNS: readonly Column<EventRow>[] = [
  { name: 'connection', about: 'id of the connection', value: ({ event }) => event.connectionId },
  { name: 'event_time', about: 'when it happened, UTC', value: ({ event }) => event.eventTime.toISOString() },
  { name: 'id', about: "Mimecast's id of the event", value: ({ fields }) => text(fields['id']) },
  { name: 'audit_type', about: 'what happened', value: ({ fields }) => text(fields['auditType']) },
  { name: 'category', about: "Mimecast's group of such events", value: ({ fields }) => text(fields['category']) },
  { name: 'user', about: 'who did it', value: ({ fields }) => text(fields['user']) },
  { name: 'event_info', about: 'details, as Mimecast words them', value: ({ fields }) => text(fields['eventInfo']) },
  { name: 'sha256', about: 'of the body, as the log has it', value: ({ event }) => event.sha256 },
  { name: 'window', about: 'window that brought it', value: ({ event }) => event.windowId },
  { name: 'restart', about: "the window's restart", value: ({ event }) => event.restart },
  { name: 'page', about: 'page of the window', value: ({ event }) => event.page },
  { name: 'body', about: 'the event as it is kept, canonical JSON', value: ({ event }) => event.body, exact: true },
];

export const OBSERVATION_COLUMNS: readonly Column<ExportedObservation>[] = [
  { name: 'connection', about: 'id of the connection', value: (row) => row.connectionId },
  { name: 'observed_at', about: 'when it was answered, UTC', value: (row) => row.observedAt.toISOString() },
  { name: 'observation', about: 'number of the observation', value: (row) => row.observationId },
  { name: 'stream', about: 'stream that was polled', value: (row) => row.stream },
  { name: 'endpoint', about: 'endpoint that was called', value: (row) => row.endpoint },
  { name: 'outcome', about: 'collected, empty, unavailable, forbidden, failed', value: (row) => row.outcome },
  { name: 'items', about: 'items in the answer', value: (row) => row.items },
  { name: 'error', about: 'class of the failure', value: (row) => row.error },
  { name: 'dropped_fields', about: 'fields that are not kept', value: (row) => row.droppedFields.join(' ') },
  { name: 'host', about: 'host that answered', value: (row) => row.provenance?.host },
  { name: 'path', about: 'path that was called', value: (row) => row.provenance?.path },
  { name: 'request_id', about: 'id of the request', value: (row) => row.provenance?.requestId },
  { name: 'http_status', about: 'status of the answer', value: (row) => row.provenance?.httpStatus },
  { name: 'vendor_date', about: "Mimecast's clock, as it said it", value: (row) => row.provenance?.vendorDate },
  { name: 'sha256', about: 'of the body, as the log has it', value: (row) => row.sha256 },
  { name: 'body', about: 'the answer as it is kept, canonical JSON', value: (row) => row.body, exact: true },
];
