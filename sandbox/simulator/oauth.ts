import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { gatewayError, json, type Answer } from './answers.js';
import type { RunningTenant } from './running-tenant.js';

/** Path of API 2.0's token endpoint. */
export const TOKEN_PATH = '/oauth/token';

/** Reads the token of `Authorization: Bearer …`; undefined when there is none. */
export function bearerToken({ authorization = '' }: IncomingHttpHeaders): string | undefined {
  return /^Bearer ([\x21-\x7e]+)$/.exec(authorization)?.[1];
}

/** Reads the client id of a token request. */
export function clientIdIn(text: string): string | undefined {
  return new URLSearchParams(text).get('client_id') ?? undefined;
}

export interface TokenRequest {
  readonly contentType: string | undefined;
  /** The body as received. */
  readonly text: string;
  readonly nowMs: number;
}

/** Answers a token request: client credentials in a form (RFC 6749, 4.4.2). The response is as recorded from the vendor. */
export function tokenAnswer(
  { contentType = '', text, nowMs }: TokenRequest,
  tenants: readonly RunningTenant[],
  lifeS: number,
): Answer {
  if (!contentType.startsWith('application/x-www-form-urlencoded')) return oauthError(400, 'invalid_request');
  const form = new URLSearchParams(text);
  const [grant, id, secret] = ['grant_type', 'client_id', 'client_secret'].map((name) => form.get(name));
  if (grant !== 'client_credentials') return oauthError(400, 'unsupported_grant_type');
  const tenant = tenants.find(({ client }) => client.clientId === id);
  if (tenant === undefined || !isSame(tenant.client.clientSecret, secret ?? '')) {
    return oauthError(401, 'invalid_client', `Client credentials are invalid: ${id ?? ''}`);
  }
  const token = tenant.tokens.issue(lifeS, nowMs);
  return json({ access_token: token, token_type: 'Bearer', expires_in: lifeS, scope: '' });
}

/** Returns the refusal of a call with a token; undefined when the token is valid. */
export function refuseToken(token: string, tenant: RunningTenant | undefined, nowMs: number): Answer | undefined {
  const state = tenant?.tokens.stateOf(token, nowMs) ?? 'unknown';
  if (state === 'expired') return gatewayError('token_expired');
  return state === 'unknown' ? gatewayError('token_verification_failed') : undefined;
}

function isSame(expected: string, received: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(received)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Creates an OAuth error. Like the vendor, it repeats parts of the request in its description. */
const oauthError = (status: number, error: string, description = error): Answer =>
  json({ error, error_description: description }, status);
