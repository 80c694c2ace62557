import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { TenantKeys } from './tenant.js';

/** Headers of API 1.0 that authorise a call. */
export interface SignedHeaders {
  readonly accessKey: string;
  readonly signature: string;
  readonly date: string;
  readonly requestId: string;
  readonly applicationId: string;
}

/** Reads the headers; undefined when one is missing or `Authorization` is not `MC {accessKey}:{signature}`. */
export function signedHeaders(headers: IncomingHttpHeaders): SignedHeaders | undefined {
  const authorization = /^MC ([^:\s]+):([A-Za-z0-9+/]{27}=)$/.exec(headers.authorization ?? '');
  const [date, requestId, applicationId] = ['x-mc-date', 'x-mc-req-id', 'x-mc-app-id'].map((name) => headers[name]);
  const [, accessKey, signature] = authorization ?? [];
  if (accessKey === undefined || signature === undefined) return undefined;
  if (typeof date !== 'string' || typeof requestId !== 'string' || typeof applicationId !== 'string') return undefined;
  return { accessKey, signature, date, requestId, applicationId };
}

/**
 * True when a call was signed with a tenant's keys: base64 of HMAC-SHA1 over `date:requestId:path:applicationKey`, with the
 * decoded secret key. Source: the vendor's page "Authorization".
 */
export function isValidSignature(signed: SignedHeaders, path: string, keys: TenantKeys): boolean {
  const text = `${signed.date}:${signed.requestId}:${path}:${keys.applicationKey}`;
  const expected = createHmac('sha1', Buffer.from(keys.secretKey, 'base64')).update(text).digest();
  return timingSafeEqual(expected, Buffer.from(signed.signature, 'base64'));
}

/** Returns the caller's clock minus this one; undefined when the date is not in the format of RFC 1123, in UTC or GMT. */
export function dateSkewMs(date: string, nowMs: number): number | undefined {
  if (!/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (UTC|GMT)$/.test(date)) return undefined;
  const sentMs = Date.parse(date);
  return Number.isNaN(sentMs) ? undefined : sentMs - nowMs;
}
