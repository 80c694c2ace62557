import type { MimecastApi, Provenance } from './api.js';
import { ENDPOINTS } from './endpoints.js';
import { shapeError } from './envelope.js';
import { isJsonObject } from '../model/json.js';
import { callForPage, placeOf, refuseTooMany, type RangePageRequest } from './paged-reading.js';
import { PROTECTION_LOGS, rowsIn, type ProtectionLog, type ProtectionName } from './protection-logs.js';
import type { CountedRow } from './protection-rows.js';
import type { RateLimit } from './rate-limit.js';
import { formatTimestamp } from './timestamps.js';

export interface ProtectionPage {
  readonly rows: readonly CountedRow[];
  /** Absent on the last page. */
  readonly nextToken?: string;
  readonly provenance: Provenance;
  readonly rateLimit: RateLimit;
  /** The vendor's clock minus this machine's, in milliseconds; absent when the response has no `Date`. */
  readonly clockSkewMs?: number;
}

/**
 * Reads one page of a protection log.
 *
 * A page without rows ends the range, even with a next token. A row whose time cannot be parsed fails the page: it
 * cannot be assigned to a day, and skipping it would lose it silently.
 *
 * @throws {MimecastRequestError} `shape` for such a row; `token-refused` when the range must be read again from its
 *   first page
 * @throws {MimecastError} as `callEndpoint` does
 */
export async function readProtectionPage(
  api: MimecastApi,
  name: ProtectionName,
  request: RangePageRequest,
): Promise<ProtectionPage> {
  const log: ProtectionLog = PROTECTION_LOGS[name];
  const { path, permission, reads } = ENDPOINTS[log.endpoint];
  const { start, end, pageToken, pageSize, tokenIn, signal, onWait } = request;
  const answer = await callForPage(api, {
    path: request.path ?? path,
    permission,
    reads,
    data: [{ from: formatTimestamp(start), to: formatTimestamp(end), ...log.filters }],
    page: { size: pageSize, tokenIn, ...(pageToken === undefined ? {} : { token: pageToken }) },
    signal,
    onWait,
  });

  const found = rowsIn(answer.rows, log.listKey);
  if (typeof found === 'string') throw shapeError({ place: placeOf(answer) }, `no list in ${found}`);
  refuseTooMany(found, answer);
  const rows = found.map((row, index) => {
    const counted = isJsonObject(row) ? log.count(row) : 'item';
    if (typeof counted !== 'string') return counted;
    throw shapeError({ place: placeOf(answer) }, `data[0].${log.listKey}[${index}].${counted}`);
  });
  const { nextToken, provenance, rateLimit, clockSkewMs } = answer;
  return {
    rows,
    provenance,
    rateLimit,
    ...(nextToken === undefined || rows.length === 0 ? {} : { nextToken }),
    ...(clockSkewMs === undefined ? {} : { clockSkewMs }),
  };
}
