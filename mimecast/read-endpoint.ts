import { withoutPrivateFields } from './account.js';
import type { MimecastApi, Provenance } from './api.js';
import { ENDPOINTS, type Endpoint, type EndpointName, type ProtectionLogEndpoint } from './endpoints.js';
import { shapeError } from './envelope.js';
import { MimecastRequestError } from './errors.js';
import type { PageRequest } from './pagination.js';
import { callForPage, placeOf } from './paged-reading.js';
import type { RateLimit } from './rate-limit.js';
import { fieldOf } from './schemas.js';
import { formatTimestamp } from './timestamps.js';

/** Endpoints that are read in full: all except the audit log and the protection logs. */
export type WholeEndpoint = Exclude<EndpointName, 'audit-events' | ProtectionLogEndpoint>;

export interface EndpointRequest {
  /** Replaces the endpoint's own path. */
  readonly path?: string | undefined;
  readonly pageSize: number;
  readonly tokenIn: PageRequest['tokenIn'];
  readonly signal?: AbortSignal | undefined;
  readonly onWait?: ((waitMs: number) => void) | undefined;
}

export interface EndpointReading {
  readonly outcome: 'collected' | 'empty';
  readonly items: readonly unknown[];
  /** Stored evidence: the vendor's `data` of all pages, without the dropped fields. */
  readonly body: unknown;
  /** Names of the dropped fields, sorted. */
  readonly droppedFields: readonly string[];
  /** From the last page. */
  readonly provenance: Provenance;
  readonly rateLimit: RateLimit;
  /** The vendor's clock minus this machine's, in milliseconds; absent when the response has no `Date`. */
  readonly clockSkewMs?: number;
}

/** Nearly every tenant has one page of policies. More pages than this mean that Mimecast repeats pages. */
const MOST_PAGES = 200;

/** Items of all pages together, which are stored as one body. */
const MOST_ITEMS = 100_000;

/**
 * Reads all items of an endpoint.
 *
 * `empty` means that a successful response contains no items; it is a fact about the tenant. Items of documented
 * endpoints must have the documented form; those of other endpoints are stored as received.
 *
 * @throws {MimecastRequestError} `shape`, also for an empty account; `endless-pages`
 * @throws {MimecastError} as `callEndpoint` does
 */
export async function readEndpoint(
  api: MimecastApi,
  name: WholeEndpoint,
  request: EndpointRequest,
): Promise<EndpointReading> {
  const { items, answer } = await readAllPages(api, name, request);

  const { item: schema } = ENDPOINTS[name];
  for (const [index, item] of items.entries()) {
    const { error } = schema.safeParse(item);
    if (error) throw shapeError({ place: placeOf(answer) }, `data[${index}].${fieldOf(error)}`);
  }
  if (name === 'account' && items.length !== 1) {
    throw shapeError({ place: placeOf(answer) }, `${items.length} accounts instead of one`);
  }

  const kept = name === 'account' ? withoutPrivateFields(items) : { items, droppedFields: [] };
  return {
    outcome: items.length === 0 ? 'empty' : 'collected',
    items: kept.items,
    body: kept.items,
    droppedFields: kept.droppedFields,
    provenance: answer.provenance,
    rateLimit: answer.rateLimit,
    ...(answer.clockSkewMs === undefined ? {} : { clockSkewMs: answer.clockSkewMs }),
  };
}

/**
 * Start of the previous UTC day. The vendor's totals are requested from then on: one complete day, and the current day
 * so far.
 */
const yesterday = (now: Date): Date =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() - 1));

async function readAllPages(api: MimecastApi, name: WholeEndpoint, request: EndpointRequest) {
  const { path, permission, reads, method }: Endpoint = ENDPOINTS[name];
  const { pageSize, tokenIn, signal, onWait } = request;
  const query = method === 'GET' ? { start: formatTimestamp(yesterday(api.now())) } : undefined;
  const call = { path: request.path ?? path, permission, reads, data: [], query, signal, onWait };

  let answer = await callForPage(api, call);
  const items = [...answer.rows];
  const seen = new Set<string>();
  while (answer.nextToken !== undefined && answer.rows.length > 0) {
    const token = answer.nextToken;
    if (seen.has(token) || seen.size >= MOST_PAGES) throw new MimecastRequestError(placeOf(answer), 'endless-pages');
    seen.add(token);
    const following = query && { ...query, pageToken: token };
    answer = await callForPage(api, { ...call, query: following, page: { size: pageSize, token, tokenIn } });
    items.push(...answer.rows);
    if (items.length > MOST_ITEMS) {
      throw new MimecastRequestError(placeOf(answer), 'too-large', { detail: `more than ${MOST_ITEMS} items` });
    }
  }
  return { items, answer };
}
