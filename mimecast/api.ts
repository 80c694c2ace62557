import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Authenticator, ReachedApi } from './authenticator.js';
import { readEnvelope, type Envelope } from './envelope.js';
import { MimecastAuthenticationError, MimecastRateLimitError } from './errors.js';
import type { JsonObject } from './json.js';
import type { CallPlace } from './mimecast-error.js';
import { requestBody, type PageRequest } from './pagination.js';
import type { RateBudget } from './rate-budget.js';
import { parseRateLimit, stopAfterRefusalMs, textOf, type RateLimit } from './rate-limit.js';
import { requestUrl } from './request-url.js';
import { exchange, USER_AGENT, type ExchangeLimits, type HttpAnswer } from './transport.js';

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
export interface MimecastApi extends ReachedApi {
  readonly authenticator: Authenticator;
  /** Shared by all calls for this tenant in this process. */
  readonly budget: RateBudget;
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
  /** Makes the call a GET with this query and without a body, as the newer endpoints of API 2.0 are called. */
  readonly query?: Readonly<Record<string, string>> | undefined;
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
  /** What was asked for: the request's `data`. The page's token is no part of it: it means something to Mimecast only. */
  readonly filters: readonly JsonObject[];
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
 * good ones now and then. A token that is refused is replaced, and the call made once again. Nothing else is repeated here.
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
  const sent = await send(api, call);
  const { authenticator } = api;
  if (sent.answer.status !== 401 || authenticator.renew === undefined) return judge(api, call, sent);
  authenticator.renew({ api, headers: sent.authorization });
  return judge(api, call, await send(api, call));
}

/** One exchange as it went. */
interface Sent {
  readonly url: URL;
  readonly answer: HttpAnswer;
  /** The headers that it was authorised with. */
  readonly authorization: Readonly<Record<string, string>>;
  readonly requestId: string;
  readonly sentAt: Date;
  readonly receivedAt: Date;
  readonly rateLimit: RateLimit;
}

async function send(api: MimecastApi, call: EndpointCall): Promise<Sent> {
  const { query, signal, onWait } = call;
  const requestId = randomUUID();
  const url = requestUrl(api, { path: call.path, query, requestId });
  const { host, pathname: path } = url;
  const placeNow = (): CallPlace => ({
    host,
    path,
    requestId,
    at: api.now().toISOString(),
    filters: call.data,
  });
  await api.budget.take(placeNow(), { signal, onWait });

  const authorization = await blocking(api, () => api.authenticator.headers({ path, requestId, api, signal }));
  const sentAt = api.now();
  const answer = await exchange({
    dispatcher: api.dispatcher,
    limits: api.limits,
    url,
    headers: {
      ...authorization,
      'content-type': 'application/json',
      accept: 'application/json',
      'accept-encoding': 'gzip',
      'user-agent': USER_AGENT,
    },
    body: query ? undefined : JSON.stringify(requestBody(call.data, call.page)),
    place: placeNow(),
    signal,
  });

  const receivedAt = api.now();
  const rateLimit = parseRateLimit(answer.headers, receivedAt);
  api.budget.note(rateLimit);
  return { url, answer, authorization, requestId, sentAt, receivedAt, rateLimit };
}

async function judge(api: MimecastApi, call: EndpointCall, sent: Sent): Promise<EndpointAnswer> {
  const { answer, requestId, sentAt, receivedAt, rateLimit } = sent;
  const { host, pathname: path } = sent.url;
  const vendorDate = textOf(answer.headers, 'date');
  const skew = vendorDate === undefined ? {} : skewOf(vendorDate, sentAt, receivedAt);
  const dated = vendorDate === undefined ? {} : { vendorDate };
  const at = receivedAt.toISOString();
  const place = {
    ...{ host, path, requestId, at, filters: call.data, httpStatus: answer.status, rateLimit },
    ...dated,
    ...skew,
  };
  const envelope = await blocking(api, () =>
    readEnvelope(answer, {
      place,
      apiVersion: api.authenticator.apiVersion,
      reads: call.reads,
      permission: call.permission,
      tokenSent: call.page?.token !== undefined,
      retryAfterMs: stopAfterRefusalMs(rateLimit),
    }),
  );
  return {
    ...envelope,
    provenance: {
      host,
      path,
      requestId,
      httpStatus: answer.status,
      ...dated,
      receivedAt: at,
      filters: call.data,
    },
    rateLimit,
    ...skew,
  };
}

/** What Mimecast says about its rate limit stops the calls of the whole process. */
async function blocking<Result>({ budget }: MimecastApi, work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MimecastRateLimitError) budget.block(error.retryAfterMs);
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
