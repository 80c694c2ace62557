import { describe, expect, test } from 'vitest';
import { connectRequest, rotationRequest } from '../../../contract/requests/keys.js';
import { pauseRequest, pollNowRequest, resumeRequest } from '../../../contract/requests/polls.js';
import { settingsChange } from '../../../contract/requests/settings.js';
import { problemIn } from '../../../model/schemas.js';
import { defaultSettings } from '../../../model/settings.js';

const settings = defaultSettings('https://eu-api.mimecast.com');
const good = { settings, sealed: 'eyJhbGci.a_b-c.d.e.f' };
const withSettings = (change: object): object => ({ ...good, settings: { ...settings, ...change } });

const connectProblem = (request: unknown): string | undefined => problemIn(connectRequest, request);
const pollProblem = (request: unknown): string | undefined => problemIn(pollNowRequest, request);

describe('a connect request is taken', () => {
  test.each<[string, object]>([
    ['with the defaults', good],
    ['with the day on which the keys were issued', { ...good, issuedAt: '2025-09-12T00:00:00Z' }],
    ['with a clock that is a minute ahead', { ...good, issuedAt: new Date(Date.now() + 60_000).toISOString() }],
    ['with one stream switched off', withSettings({ streams: { policies: { enabled: false, everyMs: 60_000 } } })],
    ['with another path', withSettings({ endpointPaths: { 'url-protect': '/api/policy/url/get-policies' } })],
    ['with pages of one row', withSettings({ pagination: { pageSize: 1, tokenIn: 'data' } })],
    ['with an account', withSettings({ expectedAccount: 'CUK1A1' })],
  ])('%s', (_, request) => {
    expect(connectProblem(request)).toBeUndefined();
  });
});

describe('a connect request is refused, and its sender told why', () => {
  const pagination = (change: object): object => withSettings({ pagination: { ...settings.pagination, ...change } });
  const policies = (stream: unknown): object => withSettings({ streams: { policies: stream } });
  const path = (text: unknown): object => withSettings({ endpointPaths: { 'url-protect': text } });

  test.each<[unknown, RegExp]>([
    [undefined, /needs settings and sealed/],
    [null, /needs settings and sealed/],
    ['text', /needs settings and sealed/],
    [[], /needs settings and sealed/],
    [{ sealed: good.sealed }, /settings is missing/],
    [{ ...good, sealed: `eyJ.a.${'b'.repeat(16_384)}.c.d` }, /longer than 16384 characters/],
    [{ ...good, colour: 'blue' }, /The request has no field "colour"/],
    [{ ...good, settings: 'text' }, /settings must be an object/],
    [{ settings }, /not a compact JWE/],
    [{ ...good, sealed: '{"applicationKey":"in the clear"}' }, /not a compact JWE/],
    [{ ...good, sealed: 'a.b.c' }, /not a compact JWE/],
    [{ ...good, sealed: 'a.b.c.d.e.f' }, /not a compact JWE/],
    [{ ...good, issuedAt: 'last week' }, /issuedAt is not a date/],
    [{ ...good, issuedAt: 1_789_000_000 }, /issuedAt is not a date/],
    [{ ...good, issuedAt: new Date(Date.now() + 3_600_000).toISOString() }, /lies in the future/],
    [withSettings({ baseUrl: 'eu-api.mimecast.com' }), /baseUrl is not a URL/],
    [withSettings({ baseUrl: undefined }), /baseUrl is missing/],
    [withSettings({ pagination: undefined }), /pagination is missing/],
    [pagination({ pageSize: 0 }), /whole number from 1 to 500/],
    [pagination({ pageSize: 501 }), /pageSize must be a whole number/],
    [pagination({ pageSize: 2.5 }), /pageSize must be a whole number/],
    [pagination({ pageSize: '100' }), /pageSize must be a whole number/],
    [pagination({ tokenIn: 'header' }), /tokenIn must be meta or data/],
    [withSettings({ streams: undefined }), /streams is missing/],
    [withSettings({ streams: null }), /streams must be an object/],
    [withSettings({ streams: { weather: { enabled: true, everyMs: 60_000 } } }), /no stream "weather"/],
    [withSettings({ streams: { toString: { enabled: true, everyMs: 60_000 } } }), /no stream "toString"/],
    [policies(null), /policies must be an object/],
    [policies({ enabled: 'yes', everyMs: 60_000 }), /enabled must be true or false/],
    [policies({ enabled: true }), /everyMs is missing/],
    [policies({ enabled: true, everyMs: 0 }), /everyMs must be a whole number from 1000/],
    [policies({ enabled: true, everyMs: 1500.5 }), /everyMs must be a whole number from 1000/],
    [policies({ enabled: true, everyMs: 31 * 86_400_000 }), /everyMs must be a whole number from 1000/],
    [withSettings({ endpointPaths: null }), /endpointPaths/],
    [path('.attacker.example/api/policy'), /url-protect must begin with \/api\//],
    [path('@attacker.example/api/policy'), /url-protect must begin with \/api\//],
    [path('/api/policy?x=1'), /url-protect must begin with \/api\//],
    [path(7), /url-protect must begin with \/api\//],
    [withSettings({ expectedAccount: 7 }), /expectedAccount must be/],
    [withSettings({ statistics: { keepRows: 'in the clear' } }), /keepRows must be true or false/],
  ])('%j', (request, problem) => {
    expect(connectProblem(request)).toMatch(problem);
    // What was sent may be anything, also keys in the clear.
    expect(connectProblem(request)).not.toContain('in the clear');
  });
});

test.each([undefined, {}, { streams: [] }, { streams: ['policies', 'threat-statistics'] }])(
  'a poll request is taken: %j',
  (request) => {
    expect(pollProblem(request)).toBeUndefined();
  },
);

test.each<[unknown, RegExp]>([
  [{ streams: 'policies' }, /must be a list/],
  [{ streams: ['policies', 'weather'] }, /no stream "weather"/],
  [{ streams: [7] }, /no stream 7/],
  [{ streams: [null] }, /no stream null/],
])('a poll request is refused: %j', (request, problem) => {
  expect(pollProblem(request)).toMatch(problem);
});

describe('a rotation', () => {
  const { sealed } = good;
  const problem = (request: unknown): string | undefined => problemIn(rotationRequest, request);

  test.each([{ sealed }, { sealed, baseUrl: 'https://api.services.mimecast.com' }, { sealed, baseUrl: null }])(
    'is taken: %j',
    (request) => {
      expect(problem(request)).toBeUndefined();
    },
  );

  test.each([7, '', 'api.services.mimecast.com', {}])('is refused with the base URL %j', (baseUrl) => {
    expect(problem({ sealed, baseUrl })).toBe('baseUrl is not a URL.');
  });
});

test('whoever asks may say so, in a short text', () => {
  expect(problemIn(pauseRequest, { note: 'freeze', actor: 'ops@desk' })).toBeUndefined();
  expect(problemIn(resumeRequest, { actor: 'ops@desk' })).toBeUndefined();
  for (const actor of ['', 7, 'x'.repeat(201)]) {
    expect(problemIn(pauseRequest, { note: 'freeze', actor })).toMatch(/actor must be/);
    expect(problemIn(resumeRequest, { actor })).toMatch(/actor must be/);
    expect(problemIn(settingsChange, { baseUrl: 'https://eu-api.mimecast.com', actor })).toMatch(/actor must be/);
  }
  expect(problemIn(settingsChange, { actor: 'ops@desk' })).toMatch(/nothing to change/);
});
