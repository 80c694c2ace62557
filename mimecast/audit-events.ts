import type { MimecastApi, Provenance } from './api.js';
import { ENDPOINTS } from './endpoints.js';
import { shapeError } from './envelope.js';
import { isJsonObject, type JsonObject } from '../model/json.js';
import { callForPage, placeOf, type RangePageRequest } from './paged-reading.js';
import type { RateLimit } from './rate-limit.js';
import { auditEventItem, fieldOf } from './schemas.js';
import { formatTimestamp, parseTimestamp } from './timestamps.js';

/** One entry of the tenant's administrative audit log. */
export interface AuditEvent {
  /** Identifier from Mimecast: opaque, about 270 characters, the same on every read. */
  readonly id: string;
  readonly eventTime: Date;
  /**
   * Type of the action, for example `User Logged On`. Not a closed set. Empty when Mimecast gives none, like the two
   * fields below.
   */
  readonly auditType: string;
  readonly category: string;
  readonly user: string;
  /** The item as received. */
  readonly raw: JsonObject;
}

export interface AuditPage {
  readonly events: readonly AuditEvent[];
  /** Absent on the last page. */
  readonly nextToken?: string;
  /** Number of events in the whole range, when Mimecast gives it. */
  readonly totalCount?: number;
  readonly provenance: Provenance;
  readonly rateLimit: RateLimit;
  /** The vendor's clock minus the one that signs, in milliseconds; absent when the response has no `Date`. */
  readonly clockSkewMs?: number;
}

/**
 * Reads one page of the audit log. The order of events is Mimecast's.
 *
 * A page without events ends the range, even with a next token. An event that cannot be parsed fails the page; skipping
 * it would lose evidence silently.
 *
 * @throws {MimecastRequestError} `shape` for such an event; `token-refused` when the range must be read again from its
 *   first page
 * @throws {MimecastError} as `callEndpoint` does
 */
export async function readAuditPage(api: MimecastApi, request: RangePageRequest): Promise<AuditPage> {
  const { path, permission, reads } = ENDPOINTS['audit-events'];
  const { start, end, pageToken, pageSize, tokenIn, signal, onWait } = request;
  const answer = await callForPage(api, {
    path: request.path ?? path,
    permission,
    reads,
    data: [{ startDateTime: formatTimestamp(start), endDateTime: formatTimestamp(end) }],
    page: { size: pageSize, tokenIn, ...(pageToken === undefined ? {} : { token: pageToken }) },
    signal,
    onWait,
  });

  const events = answer.rows.map((row, index) => {
    const event = readAuditEvent(row);
    if (typeof event === 'string') throw shapeError({ place: placeOf(answer) }, `data[${index}].${event}`);
    return event;
  });
  const { nextToken, totalCount, provenance, rateLimit, clockSkewMs } = answer;
  return {
    events,
    provenance,
    rateLimit,
    ...(nextToken === undefined || events.length === 0 ? {} : { nextToken }),
    ...(totalCount === undefined ? {} : { totalCount }),
    ...(clockSkewMs === undefined ? {} : { clockSkewMs }),
  };
}

/** @returns the event, or the name of the field that cannot be parsed */
function readAuditEvent(row: unknown): AuditEvent | string {
  const parsed = auditEventItem.safeParse(row);
  if (!parsed.success || !isJsonObject(row)) return fieldOf(parsed.error);

  const { id, eventTime: time, auditType, category, user } = parsed.data;
  const eventTime = parseTimestamp(time);
  if (eventTime === undefined) return 'eventTime';
  return { id, eventTime, auditType: auditType ?? '', category: category ?? '', user: user ?? '', raw: row };
}
