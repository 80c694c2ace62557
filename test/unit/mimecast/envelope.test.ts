import { describe, expect, test } from 'vitest';
import { readEnvelope } from '../../../mimecast/envelope.js';
import type { FailedCall } from '../../../mimecast/failures.js';
import { MimecastError } from '../../../mimecast/mimecast-error.js';
import { failing, good } from '../../support/mimecast/server.js';

const call: FailedCall = {
  place: { host: 'eu-api.mimecast.com', path: '/api/x', requestId: 'r', at: '2026-01-05T09:00:00.000Z' },
  apiVersion: '1.0',
  reads: 'audit events',
  permission: 'Account | Logs | Read',
  tokenSent: false,
  retryAfterMs: 4200,
};

function judge(status: number, body: unknown, changes: Partial<FailedCall> = {}): unknown {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  try {
    return readEnvelope({ status, headers: {}, text }, { ...call, ...changes });
  } catch (error) {
    if (error instanceof MimecastError) return error;
    throw error;
  }
}

const apart = (clockSkewMs: number) => ({ place: { ...call.place, clockSkewMs } });
const gateway = (code: string) => ({ fail: [{ code, message: 'text' }] });
const withStatus = (status: unknown, data: unknown = []) => ({ meta: { status }, data, fail: [] });

describe('a good answer', () => {
  test.each<[string, object]>([
    ['with items', good([{ id: 1 }])],
    ['empty', good([])],
    ['without fail', { meta: { status: 200 }, data: [] }],
    ['without meta', { data: [] }],
  ])('%s', (_, body) => {
    expect(judge(200, body)).toEqual({ data: 'data' in body ? body.data : undefined, body });
  });
});

describe('HTTP 200 that is not success', () => {
  test.each<[string, unknown, object]>([
    [
      'wrong Application ID',
      failing('err_developer_key'),
      { name: 'MimecastAuthenticationError', refused: 'application-id' },
    ],
    ['wrong region', failing('err_audit_log_incorrect_region'), { name: 'MimecastRegionError' }],
    [
      'validation',
      failing('err_validation_null'),
      { name: 'MimecastRequestError', reason: 'rejected', codes: ['err_validation_null'] },
    ],
    [
      'a code that every object has a member for',
      failing('constructor'),
      { name: 'MimecastRequestError', reason: 'rejected', codes: ['constructor'] },
    ],
    ['worth a repetition', failing('err_busy', [], true), { name: 'MimecastRequestError', retryable: true }],
    [
      'data and fail',
      failing('err_one_item', [{ id: 1 }]),
      { name: 'MimecastRequestError', reason: 'partial', retryable: false },
    ],
    ['not for this tenant', gateway('app_forbidden'), { name: 'MimecastUnavailableError' }],
    [
      'fail that is no list',
      { data: [], fail: { code: 'err_odd' } },
      { name: 'MimecastRequestError', codes: ['err_odd'] },
    ],
    ['meta 403', withStatus(403), { name: 'MimecastPermissionError' }],
    ['meta 404', withStatus(404), { name: 'MimecastUnavailableError' }],
    ['meta 429', withStatus(429), { name: 'MimecastRateLimitError', retryAfterMs: 4200 }],
    [
      'meta 500 with data',
      withStatus(500, [{ folders: [] }]),
      { name: 'MimecastTransportError', fault: 'server-error' },
    ],
    ['meta as text', withStatus('403'), { name: 'MimecastPermissionError' }],
    ['meta that is no status', withStatus('odd'), { name: 'MimecastRequestError' }],
    ['no data', { meta: { status: 200 }, fail: [] }, { name: 'MimecastRequestError', reason: 'shape' }],
    ['data that is no list', { meta: { status: 200 }, data: {} }, { name: 'MimecastRequestError', reason: 'shape' }],
    ['an empty object', {}, { name: 'MimecastRequestError', reason: 'shape' }],
    ['a list', [], { name: 'MimecastRequestError', reason: 'shape' }],
    ['null', 'null', { name: 'MimecastRequestError', reason: 'shape' }],
    ['nothing', '', { name: 'MimecastTransportError', fault: 'empty' }],
    ['white space', ' \n', { name: 'MimecastTransportError', fault: 'empty' }],
    ['a web page', '<!doctype html><p>Sign in', { name: 'MimecastTransportError', fault: 'html' }],
    ['cut off', '{"data":[{"id":', { name: 'MimecastTransportError', fault: 'not-json' }],
  ])('%s', (_, body, error) => {
    expect(judge(200, body)).toMatchObject(error);
  });
});

describe('other statuses', () => {
  test.each<[number, unknown, object]>([
    [301, '', { name: 'MimecastRequestError', reason: 'redirect' }],
    [400, '', { name: 'MimecastRequestError', reason: 'rejected' }],
    [400, failing('err_developer_key'), { name: 'MimecastAuthenticationError', refused: 'application-id' }],
    [
      401,
      failing('err_xdk_invalid_signature'),
      { name: 'MimecastAuthenticationError', refused: 'keys', retryable: false },
    ],
    [401, gateway('unauthorized'), { name: 'MimecastAuthenticationError', codes: ['unauthorized'] }],
    [401, gateway('token_expired'), { name: 'MimecastAuthenticationError', codes: ['token_expired'] }],
    [401, gateway('token_verification_failed'), { name: 'MimecastTransportError', fault: 'token-unverified' }],
    [401, gateway('Unauthorized Request'), { name: 'MimecastTransportError', codes: ['unauthorized_request'] }],
    [401, '<html>', { name: 'MimecastAuthenticationError' }],
    [403, '', { name: 'MimecastPermissionError', permission: 'Account | Logs | Read' }],
    [403, gateway('app_forbidden'), { name: 'MimecastUnavailableError' }],
    [403, failing('err_audit_log_incorrect_region'), { name: 'MimecastRegionError' }],
    [404, '<html>', { name: 'MimecastUnavailableError' }],
    [405, '', { name: 'MimecastRequestError' }],
    [409, '', { name: 'MimecastRequestError' }],
    [418, failing('err_xdk_binding_expired'), { name: 'MimecastBindingExpiredError' }],
    [429, '', { name: 'MimecastRateLimitError', retryAfterMs: 4200, retryable: true }],
    [500, good([]), { name: 'MimecastTransportError', retryable: true }],
    [500, failing('err_developer_key'), { name: 'MimecastTransportError' }],
    [503, '<html>', { name: 'MimecastTransportError', fault: 'server-error' }],
  ])('%i %j', (status, body, error) => {
    expect(judge(status, body)).toMatchObject(error);
  });

  test.each([
    [-432_000, "7 min 12 s ahead of Mimecast's"],
    [432_000, "7 min 12 s behind Mimecast's"],
    [90_061_000, "1 d 1 h behind Mimecast's"],
  ])('401 while the clocks are %i ms apart judges no keys', (clockSkewMs, words) => {
    const error = judge(401, failing('err_xdk_invalid_signature'), apart(clockSkewMs));
    expect(error).toMatchObject({ name: 'MimecastClockError', retryable: true, clockSkewMs });
    expect((error as Error).message).toContain(words);
    expect(judge(200, good([]), apart(clockSkewMs))).toMatchObject({ data: [] });
  });

  test('401 to a token judges it, however far the clocks are apart: a token holds no date of ours', () => {
    const error = judge(401, gateway('unauthorized'), { ...apart(432_000), apiVersion: '2.0' });
    expect(error).toMatchObject({ name: 'MimecastAuthenticationError', refused: 'token' });
  });

  test('401 within a minute of each other judges them', () => {
    expect(judge(401, '', apart(59_000))).toMatchObject({ name: 'MimecastAuthenticationError' });
  });
});

describe('a refusal of the page token', () => {
  test.each<[number, unknown, string]>([
    [200, failing('err_validation_null'), 'token-refused'],
    [200, failing('err_audit_siem_invalid_token'), 'token-refused'],
    [400, '', 'token-refused'],
    [200, failing('err_invalid_search_xml'), 'rejected'],
    [405, '', 'rejected'],
  ])('%i %j', (status, body, reason) => {
    expect(judge(status, body, { tokenSent: true })).toMatchObject({ name: 'MimecastRequestError', reason });
  });
});

test('of what Mimecast wrote, only what looks like a code is told', () => {
  const error = judge(200, {
    data: [],
    fail: [
      { code: 'canary user@example.com', message: 'canary' },
      { code: 'UPPER-CANARY' },
      { errors: [{ code: 'err_known', field: 'canary', message: 'canary' }, { code: 7 }, null] },
    ],
  });
  expect(error).toMatchObject({ codes: ['err_known'] });
  expect(`${String(error)} ${JSON.stringify(error)}`.toLowerCase()).not.toContain('canary');
});

describe('the right region', () => {
  const naming = (message: string) => ({
    fail: [{ errors: [{ code: 'err_audit_log_incorrect_region', message, retryable: false }] }],
  });

  test.each([
    ['Use https://us-api.mimecast.com.', 'https://us-api.mimecast.com'],
    ['account is hosted at USCOM: uspcom-api.mimecast-pscom-us.com', 'https://uspcom-api.mimecast-pscom-us.com'],
    ['see us-api.services.mimecast.com/api', 'https://us-api.services.mimecast.com'],
  ])('is taken from an answer that names it: %s', (message, suggestedBaseUrl) => {
    expect(judge(200, naming(message))).toMatchObject({ name: 'MimecastRegionError', suggestedBaseUrl });
  });

  test.each(['Incorrect region supplied', 'see https://us-api.mimecast.com.evil.example', 'evil-us-api.mimecast.com'])(
    'is none that is not on our list: %s',
    (message) => {
      const error = judge(200, naming(message));
      expect(error).toMatchObject({ name: 'MimecastRegionError' });
      expect(error).not.toHaveProperty('suggestedBaseUrl');
      expect((error as Error).message).not.toContain('evil');
    },
  );
});
