import { createHmac } from 'node:crypto';

/**
 * Formats the `x-mc-date` header: RFC 1123 with `UTC` at the end, as on Mimecast's page "Authorization". JavaScript
 * writes `GMT` there, and the signed text must equal the sent text.
 */
export function mimecastDate(date: Date): string {
  return date.toUTCString().replace(/GMT$/, 'UTC');
}

export interface SignedParts {
  /** Value of `x-mc-date`. */
  readonly date: string;
  /** Value of `x-mc-req-id`. */
  readonly requestId: string;
  /** Path with its leading slash, without host or query. */
  readonly path: string;
  readonly applicationKey: string;
  /** Standard base64. */
  readonly secretKey: string;
}

/**
 * Returns the signature of a request to API 1.0, in base64 (28 characters). It does not cover the body.
 *
 * Source: Mimecast, "Authorization": Base64(HMAC-SHA1 of `date:requestId:path:applicationKey`, keyed with the decoded
 * secret key).
 */
export function signatureOf({ date, requestId, path, applicationKey, secretKey }: SignedParts): string {
  return createHmac('sha1', Buffer.from(secretKey, 'base64'))
    .update(`${date}:${requestId}:${path}:${applicationKey}`)
    .digest('base64');
}
