import { numberIn, parseJson } from './answer-json.js';
import { MimecastRequestError, MimecastTransportError } from './errors.js';
import { failureOf, readFailures, type FailedCall } from './failures.js';
import { isJsonObject, type JsonObject } from '../model/json.js';
import type { HttpAnswer } from './transport.js';

/** Content of a successful response: no part of it reports a failure. */
export interface Envelope {
  readonly data: readonly unknown[];
  readonly body: JsonObject;
}

/**
 * Checks a response: HTTP status, then `fail`, then `meta.status`, then `data`.
 *
 * HTTP 200 means only that the function ran, not that it succeeded: a wrong Application ID is answered with 200, an
 * empty `data` and a filled `fail`. A response counts as empty only when it reports no failure and contains `data`.
 *
 * Source: Mimecast, "Response Codes".
 *
 * @throws {MimecastError} the subclass for the failure
 */
export function readEnvelope(answer: HttpAnswer, call: FailedCall): Envelope {
  const succeeded = isSuccess(answer.status);
  const body = succeeded ? parseAnswer(answer.text, call) : parseJson(answer.text);
  if (!isJsonObject(body)) {
    if (succeeded) throw shapeError(call, 'no JSON object');
    throw failureOf(call, { status: answer.status, codes: [], retryable: false, partial: false });
  }

  const fail = body['fail'] ?? [];
  const data = body['data'];
  const metaStatus = statusIn(body['meta']);
  const failed = !Array.isArray(fail) || fail.length > 0;

  if (!succeeded || failed || !isSuccess(metaStatus)) {
    throw failureOf(call, {
      status: succeeded ? metaStatus : answer.status,
      ...readFailures(Array.isArray(fail) ? fail : [fail]),
      partial: failed && Array.isArray(data) && data.length > 0,
    });
  }
  if (!Array.isArray(data)) throw shapeError(call, 'no list in data');
  return { data: data as readonly unknown[], body };
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/**
 * Reads `meta.status`. Some responses of the gateway have no `meta`; that counts as 200. A status that is not one of
 * HTTP counts as a failure.
 */
function statusIn(meta: unknown): number {
  const status = numberIn(isJsonObject(meta) ? (meta['status'] ?? 200) : 200) ?? 0;
  return status >= 100 && status < 600 ? status : 0;
}

/**
 * Parses the JSON of a successful response.
 *
 * @throws {MimecastTransportError} when the response did not come from an API: empty, HTML, not JSON
 */
export function parseAnswer(text: string, { place }: Pick<FailedCall, 'place'>): unknown {
  const start = text.trimStart();
  if (start === '') throw new MimecastTransportError(place, 'empty');
  if (start.startsWith('<')) throw new MimecastTransportError(place, 'html');
  const body = parseJson(text);
  if (body === undefined) throw new MimecastTransportError(place, 'not-json');
  return body;
}

/**
 * Creates the error for a response that does not have the documented form.
 *
 * @param detail place of the problem: field names only, never values
 */
export function shapeError({ place }: Pick<FailedCall, 'place'>, detail: string): MimecastRequestError {
  return new MimecastRequestError(place, 'shape', { detail });
}
