import { createHmac } from 'node:crypto';

/**
 * The text of the `x-mc-date` header: RFC 1123 with `UTC` at its end, as on Mimecast's Authorization page. JavaScript
 * writes `GMT` there, and the very text that is sent must be the one that is signed.
 */
export function mimecastDate(date: Date): string {
  return date.toUTCString().replace(/GMT$/, 'UTC');
}

export interface SignedParts {
  /** The text of `x-mc-date`. */
  readonly date: string;
  /** The text of `x-mc-req-id`. */
  readonly requestId: string;
  /** Path with its leading slash, without host or query. */
  readonly path: string;
  readonly applicationKey: string;
  /** Standard base64. */
  readonly secretKey: string;
}

/**
 * The signature of a request to API 1.0, in base64 (28 characters). The body is not part of it.
 *
 * Source: Mimecast, "Authorization": Base64(HMAC-SHA1 of `date:requestId:path:applicationKey`, keyed with the decoded secret key).
 */
export function signatureOf({ date, requestId, path, applicationKey, secretKey }: SignedParts): string {
  return createHmac('sha1', Buffer.from(secretKey, 'base64'))
    .update(`${date}:${requestId}:${path}:${applicationKey}`)
    .digest('base64');
}
