import type { JsonObject } from '../model/json.js';
import type { RateLimit } from './rate-limit.js';

/** Details of one attempt at a call that are safe to show. */
export interface CallPlace {
  readonly host: string;
  readonly path: string;
  readonly requestId: string;
  /** ISO, UTC. */
  readonly at: string;
  readonly httpStatus?: number;
  /** The answer's `Date` header, verbatim. */
  readonly vendorDate?: string;
  /** The request's `data`. */
  readonly filters?: readonly JsonObject[];
  /** Error codes from Mimecast. Its messages are not stored, because they repeat parts of the request. */
  readonly codes?: readonly string[];
  /** The vendor's clock minus the one that signs, in milliseconds; absent without a dated response. */
  readonly clockSkewMs?: number;
  /** The machine whose clock signs, when it is another one. */
  readonly clock?: string;
  /** Rate limit headers of the response. */
  readonly rateLimit?: RateLimit;
}

interface FailureDetails {
  readonly what: string;
  readonly nextStep: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number | undefined;
}

/**
 * A call to Mimecast without a usable response.
 *
 * The first line of `message` says what happened and what to do, in at most 200 characters. The second line says where:
 * endpoint, request id, UTC time, HTTP status and error codes. Neither contains keys, bodies or text from Mimecast.
 */
export abstract class MimecastError extends Error {
  abstract override readonly name: string;
  readonly host: string;
  readonly path: string;
  readonly requestId: string;
  /** ISO, UTC. */
  readonly at: string;
  readonly httpStatus?: number;
  declare readonly vendorDate?: string;
  declare readonly filters?: readonly JsonObject[];
  readonly codes: readonly string[];
  readonly what: string;
  readonly nextStep: string;
  /** True when the same call may succeed later without any change. */
  readonly retryable: boolean;
  /** Time to wait before the next call in milliseconds, when Mimecast gave one. */
  readonly retryAfterMs?: number;
  /** The vendor's clock minus the one that signs, in milliseconds; absent without a dated response. */
  readonly clockSkewMs?: number;
  /** The machine whose clock signs, when it is another one. */
  readonly clock?: string;
  /** Rate limit headers of the response; absent without a response. */
  readonly rateLimit?: RateLimit;

  protected constructor(place: CallPlace, details: FailureDetails) {
    super(`${details.what} ${details.nextStep}\n${placeLine(place)}`);
    this.host = place.host;
    this.path = place.path;
    this.requestId = place.requestId;
    this.at = place.at;
    if (place.httpStatus !== undefined) this.httpStatus = place.httpStatus;
    if (place.vendorDate !== undefined) this.vendorDate = place.vendorDate;
    if (place.filters !== undefined) this.filters = place.filters;
    this.codes = place.codes ?? [];
    this.what = details.what;
    this.nextStep = details.nextStep;
    this.retryable = details.retryable;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
    if (place.clockSkewMs !== undefined) this.clockSkewMs = place.clockSkewMs;
    if (place.rateLimit !== undefined) this.rateLimit = place.rateLimit;
  }
}

/** Newer endpoints of API 2.0 use GET, all others POST. */
const methodOf = (path: string): string => (path.startsWith('/threats/') ? 'GET' : 'POST');

function placeLine({ host, path, requestId, at, httpStatus, codes = [] }: CallPlace): string {
  const status = httpStatus === undefined ? [] : [`HTTP ${httpStatus}`];
  return [`${methodOf(path)} ${host}${path}`, `request ${requestId}`, at, ...status, ...codes.slice(0, 5)].join(' · ');
}
