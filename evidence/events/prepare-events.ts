import type { AuditEvent } from '../../mimecast/audit-events.js';
import { canonicalJson, sha256 } from '../database/canonical.js';
import { byteaArray, textArray, timestamptzArray } from '../database/binary-arrays.js';

/**
 * The events of one page, prepared to be stored: parsing and hashing happen while the previous page is being stored.
 */
export interface PreparedEvents {
  readonly count: number;
  /** Postgres binary arrays, one per column, from `prepareEvents`. */
  readonly columns: readonly Buffer[];
}

/** Bytes of the id's SHA-256 that identify an event in the table's key. */
const ID_HASH_BYTES = 16;

/**
 * Converts a page of events to the columns that `storePage` inserts: hashes, canonical bodies, binary arrays.
 *
 * The events are in the order of the table's key, so that two statements with common events lock them in the same
 * order and cannot deadlock.
 */
export function prepareEvents(events: readonly AuditEvent[]): PreparedEvents {
  const rows = events
    .map((event) => {
      const body = canonicalJson(event.raw);
      return { event, body, sha256: sha256(body), idHash: sha256(event.id).subarray(0, ID_HASH_BYTES) };
    })
    .sort((a, b) => a.event.eventTime.getTime() - b.event.eventTime.getTime() || a.idHash.compare(b.idHash));

  return {
    count: rows.length,
    columns: [
      timestamptzArray(rows.map((row) => row.event.eventTime)),
      byteaArray(rows.map((row) => row.idHash)),
      textArray(rows.map((row) => row.event.auditType)),
      textArray(rows.map((row) => row.event.category)),
      textArray(rows.map((row) => row.event.user)),
      textArray(rows.map((row) => row.body)),
      byteaArray(rows.map((row) => row.sha256)),
    ],
  };
}
