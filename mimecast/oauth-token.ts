import { randomUUID } from 'node:crypto';
import type { ReachedApi } from './authenticator.js';
import type { ApiV2Credentials } from './credentials.js';
import { numberIn, parseJson } from './answer-json.js';
import { parseAnswer, shapeError } from './envelope.js';
import {
  MimecastAuthenticationError,
  MimecastRateLimitError,
  MimecastRequestError,
  MimecastTransportError,
} from './errors.js';
import { readFailures } from './failures.js';
import { isJsonObject, type JsonObject } from '../model/json.js';
import { DAY_MS, SECOND_MS } from '../model/time.js';
import type { CallPlace, MimecastError } from './mimecast-error.js';
import { parseRateLimit, stopAfterRefusalMs } from './rate-limit.js';
import { requestUrl } from './request-url.js';
import { exchange, USER_AGENT, type HttpAnswer } from './transport.js';

/** Path of the token endpoint. Source: Mimecast, "API 2.0: Authentication". */
const TOKEN_PATH = '/oauth/token';

/** A bearer token, usually valid for half an hour. Kept in memory only, and never logged. */
export interface AccessToken {
  readonly value: string;
  /** Lifetime, counted from the request. */
  readonly lifeMs: number;
}

/**
 * Requests a token with the client credentials grant (RFC 6749, 4.4).
 *
 * @throws {MimecastAuthenticationError} `client`
 * @throws {MimecastError} as `callEndpoint` does, except that an endpoint is unavailable or a permission missing: those
 *   would be read as statements about the endpoint that the token is for
 * @throws the signal's reason when it is aborted
 */
export async function requestToken(
  api: ReachedApi,
  { clientId, clientSecret }: ApiV2Credentials,
  signal: AbortSignal,
): Promise<AccessToken> {
  const { dispatcher, limits, now } = api;
  const requestId = randomUUID();
  const url = requestUrl(api, { path: TOKEN_PATH, requestId });
  const placeNow = (): CallPlace => {
    return { host: url.host, path: url.pathname, requestId, at: now().toISOString() };
  };
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const answer = await exchange({
    dispatcher,
    limits,
    url,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      'accept-encoding': 'gzip',
      'user-agent': USER_AGENT,
    },
    body: new URLSearchParams(form).toString(),
    place: placeNow(),
    signal,
  });
  const rateLimit = parseRateLimit(answer.headers, now());
  return readToken(answer, { ...placeNow(), httpStatus: answer.status, rateLimit });
}

/** Visible ASCII characters, as required in a header. */
const TOKEN = /^[\x21-\x7e]{1,8192}$/;

function readToken(answer: HttpAnswer, place: CallPlace): AccessToken {
  const succeeded = answer.status >= 200 && answer.status < 300;
  const body = succeeded ? parseAnswer(answer.text, { place }) : parseJson(answer.text);
  const fields = isJsonObject(body) ? body : {};
  const codes = codesIn(fields);
  if (!succeeded || codes.length > 0) throw refusalOf(answer.status, { ...place, codes });

  const { access_token: value, token_type: type, expires_in: lifeS } = fields;
  if (typeof value !== 'string' || !TOKEN.test(value)) throw shapeError({ place }, 'no access_token');
  if (typeof type === 'string' && type.toLowerCase() !== 'bearer') throw shapeError({ place }, 'token_type');
  return { value, lifeMs: lifeOf(lifeS) };
}

const USUAL_LIFE_S = 1_799;
const LONGEST_LIFE_S = DAY_MS / SECOND_MS;

/**
 * Returns the lifetime in milliseconds. RFC 6749 makes `expires_in` optional. A lifetime that is too long costs one
 * renewal, because an expired token is replaced when it is refused.
 */
function lifeOf(expiresIn: unknown): number {
  const seconds = numberIn(expiresIn) ?? USUAL_LIFE_S;
  return Math.min(seconds > 0 ? seconds : USUAL_LIFE_S, LONGEST_LIFE_S) * 1000;
}

/** Codes of RFC 6749 (4.1.2.1 and 5.2). Other text in their place may repeat parts of the request. */
const OAUTH_CODES = [
  'access_denied',
  'invalid_client',
  'invalid_grant',
  'invalid_request',
  'invalid_scope',
  'server_error',
  'temporarily_unavailable',
  'unauthorized_client',
  'unsupported_grant_type',
];

/** Error codes of the response, in the form of OAuth (`error`) or of the gateway (`fail`). */
function codesIn(fields: JsonObject): string[] {
  const { error, fail } = fields;
  if (Array.isArray(fail) && fail.length > 0) return [...readFailures(fail).codes];
  if (error === undefined || error === null) return [];
  return [OAUTH_CODES.find((code) => code === error) ?? 'error'];
}

const TRANSIENT = ['server_error', 'temporarily_unavailable'];
const UNVERIFIED = ['token_verification_failed', 'unauthorized_request'];
const REFUSED = [
  'access_denied',
  'app_forbidden',
  'invalid_client',
  'invalid_grant',
  'unauthorized',
  'unauthorized_client',
];

function refusalOf(status: number, place: CallPlace & { readonly codes: readonly string[] }): MimecastError {
  const isOneOf = (known: readonly string[]): boolean => place.codes.some((code) => known.includes(code));
  if (status >= 500 || status === 408 || isOneOf(TRANSIENT)) {
    return new MimecastTransportError(place, 'server-error', `status ${status}`);
  }
  if (status >= 300 && status < 400) return new MimecastRequestError(place, 'redirect');
  if (status === 429) return new MimecastRateLimitError(place, stopAfterRefusalMs(place.rateLimit ?? {}));
  if (isOneOf(UNVERIFIED)) return new MimecastTransportError(place, 'token-unverified');
  if (status === 401 || isOneOf(REFUSED)) return new MimecastAuthenticationError(place, 'client');
  return new MimecastRequestError(place, 'no-token', { detail: place.codes[0] ?? `status ${status}` });
}
