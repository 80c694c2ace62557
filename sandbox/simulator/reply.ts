import type { IncomingMessage, ServerResponse } from 'node:http';
import { appForbidden, gatewayError, html, json, refusal, statusAnswer, vendorError, type Answer } from './answers.js';
import type { Fault } from './faults.js';

/**
 * Returns the response that a fault sends instead of the endpoint's; undefined for faults that change the endpoint's
 * response.
 */
export function answerOf(fault: Fault): Answer | undefined {
  switch (fault.kind) {
    case 'status':
      return statusAnswer(fault.status);
    case 'too-many-requests':
      return statusAnswer(429);
    case 'fail': {
      const { code, field, message, retryable } = fault;
      const overrides = { ...(message !== undefined && { message }), ...(retryable !== undefined && { retryable }) };
      return refusal([{ ...vendorError(code, field), ...overrides }]);
    }
    case 'meta-status':
      return json({ meta: { status: fault.status, pagination: { pageSize: 0 } }, data: [], fail: [] });
    case 'without-data':
      return json({ meta: { status: 200 }, fail: [] });
    case 'empty-body':
      return { status: 200, body: '' };
    case 'app-forbidden':
      return appForbidden();
    case 'gateway':
      return gatewayError(fault.code, fault.status);
    case 'html':
      return html(fault.status);
    case 'redirect':
      return { status: 302, body: '' };
    case 'token-refused':
      return refusal([vendorError('err_validation_invalid_page_token', 'pageToken')]);
    default:
      return undefined;
  }
}

/** Response headers by name. */
export type Headers = Readonly<Record<string, string>>;

/** Sends a response, compressed when a compressed form exists and the caller accepts it, and damaged as the faults say. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  headers: Headers,
  faults: readonly Fault[],
): void {
  const accepts = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  const compressed = accepts ? answer.gzipped : undefined;
  const body = compressed ?? Buffer.from(answer.body);
  const location = faults.find((fault) => fault.kind === 'redirect')?.location;

  response.sendDate = false;
  response.writeHead(answer.status, {
    'Content-Type': answer.contentType ?? 'application/json; charset=utf-8',
    ...(compressed === undefined ? {} : { 'Content-Encoding': 'gzip' }),
    ...(location === undefined ? {} : { Location: location }),
    ...headers,
    'Content-Length': String(body.length),
  });

  if (faults.some(({ kind }) => kind === 'reset-in-body')) {
    response.write(half(body), () => request.socket.resetAndDestroy());
    return;
  }
  response.end(body);
}

/** Returns the first half of a response, with a matching content length. */
export function truncated(answer: Answer): Answer {
  return { status: answer.status, body: half(Buffer.from(answer.body)) };
}

const half = (body: Buffer): Buffer => body.subarray(0, Math.ceil(body.length / 2));
