import { MimecastRequestError, MimecastTransportError } from './errors.js';
import { failureOf, readFailures, type FailedCall } from './failures.js';
import { isJsonObject, type JsonObject } from './json.js';
import type { HttpAnswer } from './transport.js';

/** An answer that says of itself, everywhere where it could say otherwise, that it is good. */
export interface Envelope {
  readonly data: readonly unknown[];
  readonly body: JsonObject;
}

/**
 * Judges an answer: the HTTP status, then `fail`, then `meta.status`, then `data`.
 *
 * HTTP 200 says that the function was found and run, not that it did what was asked: a wrong Application ID comes as
 * 200 with an empty `data` and a filled `fail`. So an answer is empty only when nothing in it failed and `data` is there.
 *
 * Source: Mimecast, "Response Codes".
 *
 * @throws {MimecastError} the one that fits
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

/** `meta` is absent from some answers of the gateway; where there is a status it counts, and one that is not a number is no success. */
function statusIn(meta: unknown): number {
  const status = isJsonObject(meta) ? (meta['status'] ?? 200) : 200;
  return Number(status) || 0;
}

/** @throws {MimecastTransportError} when the answer is not one of an API at all */
export function parseAnswer(text: string, { place }: Pick<FailedCall, 'place'>): unknown {
  const start = text.trimStart();
  if (start === '') throw new MimecastTransportError(place, 'empty');
  if (start.startsWith('<')) throw new MimecastTransportError(place, 'html');
  const body = parseJson(text);
  if (body === undefined) throw new MimecastTransportError(place, 'not-json');
  return body;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param detail where the form is broken; names of fields only, never values */
export function shapeError({ place }: Pick<FailedCall, 'place'>, detail: string): MimecastRequestError {
  return new MimecastRequestError(place, 'shape', { detail });
}
