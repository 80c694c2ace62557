import { describe, expect, test } from 'vitest';
import { ENDPOINTS } from '../../../mimecast/endpoints.js';
import * as errors from '../../../mimecast/errors.js';
import type { MimecastError } from '../../../mimecast/mimecast-error.js';

const place = {
  host: 'uspcom-api.mimecast-pscom-us.com',
  path: `/api/${'long/'.repeat(40)}`,
  requestId: '0f8fad5b-d9cb-469f-a165-70867728950e',
  at: '2026-11-23T02:58:00.000Z',
  httpStatus: 401,
  codes: ['err_xdk_invalid_signature'],
};

const REASONS: errors.RequestFailureReason[] = [
  'rejected',
  'token-refused',
  'partial',
  'no-token',
  'shape',
  'redirect',
  'address',
  'too-large',
  'endless-pages',
];
const FAULTS: errors.TransportProblem[] = [
  'token-unverified',
  'timeout',
  'connection',
  'tls',
  'server-error',
  'empty',
  'html',
  'not-json',
  'encoding',
];

const all: MimecastError[] = [
  new errors.MimecastAuthenticationError(place, 'keys'),
  new errors.MimecastAuthenticationError(place, 'application-id'),
  new errors.MimecastAuthenticationError(place, 'client'),
  new errors.MimecastAuthenticationError(place, 'token'),
  new errors.MimecastBindingExpiredError(place),
  ...Object.values(ENDPOINTS).flatMap((endpoint) => [
    new errors.MimecastPermissionError(place, endpoint),
    new errors.MimecastUnavailableError(place, endpoint),
  ]),
  new errors.MimecastRateLimitError(place, 3_600_000),
  new errors.MimecastRegionError(place),
  new errors.MimecastRegionError(place, `https://${place.host}`),
  new errors.MimecastClockError(place, -90_061_000),
  ...REASONS.map(
    (reason) => new errors.MimecastRequestError(place, reason, { detail: 'err_xdk_operation_forbidden_for_address' }),
  ),
  ...FAULTS.map((problem) => new errors.MimecastTransportError(place, problem, 'DEPTH_ZERO_SELF_SIGNED_CERT')),
];

describe('every failure', () => {
  test.each(all.map((error) => [error.message.split('\n')[0] ?? '', error] as const))('%s', (firstLine, error) => {
    expect(firstLine.length).toBeLessThanOrEqual(200);
    expect(firstLine).toBe(`${error.what} ${error.nextStep}`);
    expect(error.message.split('\n')).toEqual([
      firstLine,
      `POST ${place.host}${place.path} · request ${place.requestId} · ${place.at} · HTTP 401 · err_xdk_invalid_signature`,
    ]);
    expect(error).toMatchObject({ path: place.path, requestId: place.requestId, at: place.at, httpStatus: 401 });
    expect(error.name).toBe(error.constructor.name);
    expect(error).not.toHaveProperty('cause');
  });

  test('that may pass by itself says so, and no other', () => {
    const retryable = new Set(all.filter((error) => error.retryable).map(({ name }) => name));
    expect(retryable).toEqual(new Set(['MimecastRateLimitError', 'MimecastClockError', 'MimecastTransportError']));
  });
});
