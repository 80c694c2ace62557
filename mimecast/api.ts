import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Authenticator, ReachedApi } from './authenticator.js';
import type { CallGuard, CallOutcome } from './call-guard.js';
import { readEnvelope, type Envelope } from './envelope.js';
import {
  MimecastAuthenticationError,
  MimecastBindingExpiredError,
  MimecastClockError,
  MimecastRateLimitError,
  MimecastRefusalLimitError,
} from './errors.js';
import type { JsonObject } from '../model/json.js';
import type { CallPlace } from './mimecast-error.js';
import { requestBody, type PageRequest } from './pagination.js';
import type { RateBudget } from './rate-budget.js';
import { parseRateLimit, stopAfterRefusalMs, textOf, type Headers, type RateLimit } from './rate-limit.js';
import { requestUrl } from './request-url.js';
import { exchange, USER_AGENT, type ExchangeLimits, type HttpAnswer } from './transport.js';

export interface ApiLimits extends ExchangeLimits {
  /** Pause before an Application ID that was refused is tried a second time. */
  readonly secondLookMs: number;
}

const DEFAULT_LIMITS: ApiLimits = {
  maxBytes: 32 * 1024 * 1024,
  headersTimeoutMs: 25_000,
  bodyTimeoutMs: 10_000,
  totalTimeoutMs: 30_000,
  secondLookMs: 1_000,
};

/** One tenant's API: its base URL, how requests are signed, its rate budget and limits. */
export interface MimecastApi extends ReachedApi {
  readonly authenticator: Authenticator;
  /** Shared by all calls for this tenant in this process. */
  readonly budget: RateBudget;
  readonly limits: ApiLimits;
  /** Asked before each call. Default: every call may be made. */
  readonly guard?: CallGuard | undefined;
}

export type MimecastApiOptions = Omit<MimecastApi, 'limits'> & { readonly limits?: Partial<ApiLimits> };

/**
 * Creates the API of one tenant.
 *
 * @param options `baseUrl` as returned by `parseBaseUrl`; the caller closes the dispatcher
 */
export function createMimecastApi({ limits, ...parts }: MimecastApiOptions): MimecastApi {
  return { ...parts, limits: { ...DEFAULT_LIMITS, ...limits } };
}

export interface EndpointCall {
  /** Path with its leading slash. */
  readonly path: string;
  /** Plural noun for the items, used in messages: `audit events`. */
  readonly reads: string;
  /** Permission that the API user's role needs, as named in the Administration Console. */
  readonly permission: string;
  /** Items of the request's `data`. */
  readonly data: readonly JsonObject[];
  /** Makes the call a GET with this query and without a body, as the newer endpoints of API 2.0 are called. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly page?: PageRequest;
  readonly signal?: AbortSignal | undefined;
  /** Called before each wait for the rate limit, with the length of the wait. */
  readonly onWait?: ((waitMs: number) => void) | undefined;
}

/** Origin of a response, stored with the evidence. */
export interface Provenance {
  readonly host: string;
  readonly path: string;
  readonly requestId: string;
  readonly httpStatus: number;
  /** The vendor's `Date` header, verbatim. */
  readonly vendorDate?: string;
  /** ISO, UTC. */
  readonly receivedAt: string;
  /** The request's `data`. The page token is not included: it has no meaning outside Mimecast. */
  readonly filters: readonly JsonObject[];
}

export interface EndpointAnswer extends Envelope {
  readonly provenance: Provenance;
  readonly rateLimit: RateLimit;
  /** The vendor's clock minus the one that signs, in milliseconds; absent when the response has no `Date`. */
  readonly clockSkewMs?: number;
}

/**
 * Calls one endpoint and checks its response.
 *
 * A refused Application ID is tried once more after `secondLookMs`, with a new signature: Mimecast occasionally refuses
 * a valid one. A refused token is replaced and the call repeated once. Nothing else is retried here.
 *
 * @throws {MimecastError} the subclass for the failure
 * @throws the signal's reason when it is aborted
 */
export async function callEndpoint(api: MimecastApi, call: EndpointCall): Promise<EndpointAnswer> {
  let first: MimecastAuthenticationError;
  try {
    return await guarded(api, call);
  } catch (error) {
    if (!(error instanceof MimecastAuthenticationError) || error.refused !== 'application-id') throw error;
    first = error;
  }
  await sleep(api.limits.secondLookMs, undefined, { signal: call.signal }).catch(() => call.signal?.throwIfAborted());
  return guarded(api, call).catch((error: unknown) => {
    throw error instanceof MimecastRefusalLimitError ? first : error;
  });
}

/** Makes an attempt if the guard allows it, and tells the guard how it ended. */
async function guarded(api: MimecastApi, call: EndpointCall): Promise<EndpointAnswer> {
  if (!api.guard) return await attempt(api, call);
  const place = { host: new URL(api.baseUrl).host, path: call.path, requestId: 'none', at: api.now().toISOString() };
  const ended = await api.guard.begin(place, call.signal);
  let outcome: CallOutcome = 'unknown';
  try {
    const answer = await attempt(api, call);
    outcome = 'accepted';
    return answer;
  } catch (error) {
    if (isRefusal(error)) outcome = { refusal: error };
    throw error;
  } finally {
    await ended(outcome);
  }
}

/** Mimecast did not take the signature or the token. It may count such calls, whatever the reason. */
const isRefusal = (error: unknown): error is Error =>
  error instanceof MimecastAuthenticationError ||
  error instanceof MimecastBindingExpiredError ||
  error instanceof MimecastClockError;

async function attempt(api: MimecastApi, call: EndpointCall): Promise<EndpointAnswer> {
  const sent = await send(api, call);
  const { authenticator } = api;
  if (sent.answer.status !== 401 || authenticator.renew === undefined) return judge(api, call, sent);
  authenticator.renew({ api, headers: sent.authorization });
  return judge(api, call, await send(api, call));
}

/** One request and its response. */
interface Sent {
  readonly url: URL;
  readonly answer: HttpAnswer;
  /** Headers that authorised the request. */
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
  const vendorDate = dateIn(answer.headers);
  const skew = vendorDate === undefined ? {} : skewOf(vendorDate, sentAt, receivedAt);
  const dated = vendorDate === undefined ? {} : { vendorDate };
  const at = receivedAt.toISOString();
  const place = {
    ...{ host, path, requestId, at, filters: call.data, httpStatus: answer.status, rateLimit },
    ...dated,
    ...skew,
    ...(api.clock !== undefined && { clock: api.clock }),
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

/** Runs `work`. A rate limit error blocks the budget, and with it all calls of this process for the tenant. */
async function blocking<Result>({ budget }: MimecastApi, work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MimecastRateLimitError) budget.block(error.retryAfterMs);
    throw error;
  }
}

/** Reads the `Date` header; a text of another form than a date (RFC 9110, 5.6.7) is ignored, because it is stored verbatim. */
function dateIn(headers: Headers): string | undefined {
  const date = textOf(headers, 'date');
  return date !== undefined && /^[\x20-\x7e]{1,64}$/.test(date) ? date : undefined;
}

/** Clock skew: how far the vendor's date is outside the time between request and response. */
function skewOf(vendorDate: string, sentAt: Date, receivedAt: Date): { clockSkewMs?: number } {
  const vendor = Date.parse(vendorDate);
  if (Number.isNaN(vendor)) return {};
  // The header drops the fraction of the second.
  const earliest = Math.floor(sentAt.getTime() / 1000) * 1000;
  if (vendor < earliest) return { clockSkewMs: vendor - earliest };
  return { clockSkewMs: Math.max(0, vendor - receivedAt.getTime()) };
}
