import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import type { Authenticator } from './authenticator.js';
import { readEnvelope, type Envelope } from './envelope.js';
import { MimecastAuthenticationError, MimecastRateLimitError } from './errors.js';
import type { JsonObject } from './json.js';
import type { CallPlace } from './mimecast-error.js';
import { requestBody, type PageRequest } from './pagination.js';
import type { RateBudget } from './rate-budget.js';
import { parseRateLimit, stopAfterRefusalMs, textOf, type RateLimit } from './rate-limit.js';
import { exchange, type ExchangeLimits } from './transport.js';

export interface ApiLimits extends ExchangeLimits {
  /** Pause before the second look at an Application ID that was refused. */
  readonly secondLookMs: number;
}

const DEFAULT_LIMITS: ApiLimits = {
  maxBytes: 32 * 1024 * 1024,
  headersTimeoutMs: 25_000,
  bodyTimeoutMs: 10_000,
  totalTimeoutMs: 30_000,
  secondLookMs: 1_000,
};

/** One tenant's API: where it is, how to sign for it, and what it may be asked. */
export interface MimecastApi {
  /** Origin, without a trailing slash. */
  readonly baseUrl: string;
  readonly authenticator: Authenticator;
  readonly dispatcher: Dispatcher;
  /** Shared by all calls for this tenant in this process. */
  readonly budget: RateBudget;
  readonly now: () => Date;
  readonly limits: ApiLimits;
}

export type MimecastApiOptions = Omit<MimecastApi, 'limits'> & { readonly limits?: Partial<ApiLimits> };

/** @param options `baseUrl` as `parseBaseUrl` gave it; the dispatcher stays its owner's to close */
export function createMimecastApi({ limits, ...parts }: MimecastApiOptions): MimecastApi {
  return { ...parts, limits: { ...DEFAULT_LIMITS, ...limits } };
}

export interface EndpointCall {
  /** Path with its leading slash. */
  readonly path: string;
  /** What the endpoint reads, a plural noun for messages: `audit events`. */
  readonly reads: string;
  /** What a role needs for it, in the words of the Administration Console. */
  readonly permission: string;
  /** Items of the request's `data`. */
  readonly data: readonly JsonObject[];
  readonly page?: PageRequest;
  readonly signal?: AbortSignal | undefined;
  /** Told before each wait for the rate limit, with its length. */
  readonly onWait?: ((waitMs: number) => void) | undefined;
}

/** Where an answer came from, so that it can be proved. */
export interface Provenance {
  readonly host: string;
  readonly path: string;
  readonly requestId: string;
  readonly httpStatus: number;
  /** The vendor's `Date` header, verbatim. */
  readonly vendorDate?: string;
  /** ISO, UTC. */
  readonly receivedAt: string;
}

export interface EndpointAnswer extends Envelope {
  readonly provenance: Provenance;
  readonly rateLimit: RateLimit;
  /** The vendor's clock minus this machine's, in milliseconds, where the answer had a date. */
  readonly clockSkewMs?: number;
}

/**
 * Calls one endpoint and judges its answer.
 *
 * An Application ID that is refused is looked at once more after a moment, with a fresh signature: Mimecast refuses
 * good ones now and then. Nothing else is repeated here.
 *
 * @throws {MimecastError} the one that fits
 * @throws the signal's reason when it is aborted
 */
export async function callEndpoint(api: MimecastApi, call: EndpointCall): Promise<EndpointAnswer> {
  try {
    return await attempt(api, call);
  } catch (error) {
    if (!(error instanceof MimecastAuthenticationError) || error.refused !== 'application-id') throw error;
  }
  await sleep(api.limits.secondLookMs, undefined, { signal: call.signal }).catch(() => call.signal?.throwIfAborted());
  return attempt(api, call);
}

async function attempt(api: MimecastApi, call: EndpointCall): Promise<EndpointAnswer> {
  const { path, signal, onWait } = call;
  const requestId = randomUUID();
  const placeNow = (): CallPlace => ({ host: new URL(api.baseUrl).host, path, requestId, at: api.now().toISOString() });
  await api.budget.take(placeNow(), { signal, onWait });

  const sentAt = api.now();
  const answer = await exchange({
    dispatcher: api.dispatcher,
    limits: api.limits,
    url: `${api.baseUrl}${path}`,
    headers: {
      ...(await api.authenticator.headers({ path, requestId })),
      'content-type': 'application/json',
      accept: 'application/json',
      'accept-encoding': 'gzip',
      'user-agent': 'temporal-mimecast',
    },
    body: JSON.stringify(requestBody(call.data, call.page)),
    place: placeNow(),
    signal,
  });

  const receivedAt = api.now();
  const rateLimit = parseRateLimit(answer.headers, receivedAt);
  api.budget.note(rateLimit);

  const vendorDate = textOf(answer.headers, 'date');
  const skew = vendorDate === undefined ? {} : skewOf(vendorDate, sentAt, receivedAt);
  const place = { ...placeNow(), httpStatus: answer.status, rateLimit, ...skew };
  try {
    const envelope = readEnvelope(answer, {
      place,
      reads: call.reads,
      permission: call.permission,
      tokenSent: call.page?.token !== undefined,
      retryAfterMs: stopAfterRefusalMs(rateLimit),
    });
    const { host, httpStatus } = place;
    return {
      ...envelope,
      provenance: {
        host,
        path,
        requestId,
        httpStatus,
        ...(vendorDate === undefined ? {} : { vendorDate }),
        receivedAt: receivedAt.toISOString(),
      },
      rateLimit,
      ...skew,
    };
  } catch (error) {
    if (error instanceof MimecastRateLimitError) api.budget.block(error.retryAfterMs);
    throw error;
  }
}

/** How far the vendor's date lies outside the time in which the answer must have been made. */
function skewOf(vendorDate: string, sentAt: Date, receivedAt: Date): { clockSkewMs?: number } {
  const vendor = Date.parse(vendorDate);
  if (Number.isNaN(vendor)) return {};
  // The header drops the fraction of the second.
  const earliest = Math.floor(sentAt.getTime() / 1000) * 1000;
  if (vendor < earliest) return { clockSkewMs: vendor - earliest };
  return { clockSkewMs: Math.max(0, vendor - receivedAt.getTime()) };
}
