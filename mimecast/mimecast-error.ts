import type { JsonObject } from './json.js';
import type { RateLimit } from './rate-limit.js';

/** One attempt at a call, as far as it may be told. */
export interface CallPlace {
  readonly host: string;
  readonly path: string;
  readonly requestId: string;
  /** ISO, UTC. */
  readonly at: string;
  readonly httpStatus?: number;
  /** The answer's `Date` header, verbatim. */
  readonly vendorDate?: string;
  /** What was asked for: the request's `data`. */
  readonly filters?: readonly JsonObject[];
  /** The vendor's error codes; its messages are kept nowhere, because they repeat what was sent. */
  readonly codes?: readonly string[];
  /** The vendor's clock minus this machine's, in milliseconds, where there was an answer with a date. */
  readonly clockSkewMs?: number;
  /** What the answer said about the calls that are left. */
  readonly rateLimit?: RateLimit;
}

interface FailureDetails {
  readonly what: string;
  readonly nextStep: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number | undefined;
}

/**
 * A call to Mimecast that gave no usable answer.
 *
 * The first line of `message` says what happened and what to do, in at most 200 characters; the second says where:
 * endpoint, request id, UTC time, HTTP status and the vendor's codes. No key, body or text of the vendor's is in either.
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
  /** The same call may succeed later without anybody doing anything. */
  readonly retryable: boolean;
  /** How long to leave Mimecast alone, where it said so. */
  readonly retryAfterMs?: number;
  /** The vendor's clock minus this machine's, in milliseconds, where there was an answer with a date. */
  readonly clockSkewMs?: number;
  /** What the answer said about the calls that are left, where there was one. */
  readonly rateLimit?: RateLimit;

  protected constructor(place: CallPlace, told: FailureDetails) {
    super(`${told.what} ${told.nextStep}\n${placeLine(place)}`);
    this.host = place.host;
    this.path = place.path;
    this.requestId = place.requestId;
    this.at = place.at;
    if (place.httpStatus !== undefined) this.httpStatus = place.httpStatus;
    if (place.vendorDate !== undefined) this.vendorDate = place.vendorDate;
    if (place.filters !== undefined) this.filters = place.filters;
    this.codes = place.codes ?? [];
    this.what = told.what;
    this.nextStep = told.nextStep;
    this.retryable = told.retryable;
    if (told.retryAfterMs !== undefined) this.retryAfterMs = told.retryAfterMs;
    if (place.clockSkewMs !== undefined) this.clockSkewMs = place.clockSkewMs;
    if (place.rateLimit !== undefined) this.rateLimit = place.rateLimit;
  }
}

/** The newer endpoints of API 2.0 are read, all others are posted to. */
const methodOf = (path: string): string => (path.startsWith('/threats/') ? 'GET' : 'POST');

function placeLine({ host, path, requestId, at, httpStatus, codes = [] }: CallPlace): string {
  const status = httpStatus === undefined ? [] : [`HTTP ${httpStatus}`];
  return [`${methodOf(path)} ${host}${path}`, `request ${requestId}`, at, ...status, ...codes.slice(0, 5)].join(' · ');
}
