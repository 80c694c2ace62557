import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { backfillInput, backfillRun } from '../../../contract/requests/backfill.js';
import { connectRequest, disconnectRequest, rotationRequest, testRequest } from '../../../contract/requests/keys.js';
import { pauseRequest, pollNowRequest, refusedKeys, resumeRequest } from '../../../contract/requests/polls.js';
import { settingsChange } from '../../../contract/requests/settings.js';
import { annotationRequest, postureStatus, withdrawalRequest } from '../../../contract/requests/verdicts.js';
import { problemIn, type Schema } from '../../../model/schemas.js';
import { defaultSettings } from '../../../model/settings.js';
import { ownField, PROTOTYPE_NAMES } from '../../support/hostile.js';

const sealed = 'eyJhbGci.a_b-c.d.e.f';
const settings = {
  ...defaultSettings('https://eu-api.mimecast.com'),
  coverage: { domains: ['acme.example'], groups: ['finance'] },
  refusals: { probeAfterMs: [1, 2] },
};
const range = { connectionId: 'acme', from: '2026-09-01', to: '2026-09-12T08:00:00Z' };

/** Each request with a valid message in which every field is given. */
const REQUESTS: readonly (readonly [name: string, schema: () => Schema, valid: object])[] = [
  ['connect', connectRequest, { settings, sealed, issuedAt: '2025-09-12' }],
  ['rotate', rotationRequest, { sealed, issuedAt: '2025-09-12', baseUrl: 'https://x.example', note: 'new' }],
  ['test', testRequest, { findRegion: true }],
  ['disconnect', disconnectRequest, { note: 'moved' }],
  ['updateSettings', settingsChange, { actor: 'ops', thresholds: { keysDueDays: null }, streams: settings.streams }],
  ['pause', pauseRequest, { streams: ['policies'], note: 'freeze', actor: 'ops' }],
  ['resume', resumeRequest, { streams: ['policies'], note: 'go on', actor: 'ops' }],
  ['pollNow', pollNowRequest, { streams: ['policies'] }],
  ['keysRefused', refusedKeys, { version: 1, stream: 'policies', runId: 'run' }],
  [
    'annotate',
    annotationRequest,
    {
      annotationId: 'abcd',
      controlId: 'archive-retention',
      kind: 'attestation',
      owner: 'CISO',
      reason: 'shown elsewhere',
      expiresAt: '2999-01-01',
      file: { sha256: 'a'.repeat(64), name: 'proof.pdf' },
    },
  ],
  ['withdrawAnnotation', withdrawalRequest, { annotationId: 'abcd' }],
  [
    'postureTurned',
    postureStatus,
    {
      at: '2026-09-01T00:00:00Z',
      worst: 'fail',
      summary: { pass: 1, fail: 1, unknown: 0, notApplicable: 0 },
      failing: ['archive-retention'],
      turnsAt: '2026-09-02T00:00:00Z',
    },
  ],
  ['backfill', backfillInput, range],
  ['the next run of a backfill', backfillRun, { ...range, carried: { startedAt: '2026-09-12' } }],
];

// The workflow sandbox has neither: code from strings is not deterministic, and atob is a DOM function.
beforeAll(() => {
  const missing = (): never => {
    throw new EvalError('Not in the workflow sandbox.');
  };
  vi.stubGlobal('Function', missing);
  vi.stubGlobal('atob', missing);
});
afterAll(() => {
  vi.unstubAllGlobals();
});

/** Null would be a default of a required setting; a poll of ours sends no null. */
const NOT_NULL: readonly string[] = ['updateSettings.streams', 'postureTurned.turnsAt'];

const isAnswer = (problem: string | undefined): boolean => problem === undefined || /^\S.*\.$/s.test(problem);

describe.each(REQUESTS)('%s', (request, schema, valid) => {
  test('a valid message is accepted', () => {
    expect(problemIn(schema, valid)).toBeUndefined();
  });

  test('any value has one sentence for an answer, or none', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.constant(undefined)), (value) => {
        expect(problemIn(schema, value)).toSatisfy(isAnswer);
      }),
    );
  });

  test('so has a valid message in which something else stands', () => {
    const anything = fc.oneof(fc.jsonValue(), fc.constant('a\0b'), fc.constant('x'.repeat(20_000)), fc.constant([]));
    fc.assert(
      fc.property(fc.constantFrom(...placesIn(valid)), anything, (place, value) => {
        expect(problemIn(schema, replaced(valid, place, value))).toSatisfy(isAnswer);
      }),
    );
  });

  test('null is a field that is not given', () => {
    for (const field of Object.keys(valid)) {
      const without = Object.fromEntries(Object.entries(valid).filter(([name]) => name !== field));
      const isOptional = problemIn(schema, without) === undefined;
      const nullIsTaken = problemIn(schema, { ...valid, [field]: null }) === undefined;
      expect([field, nullIsTaken]).toEqual([field, isOptional && !NOT_NULL.includes(`${request}.${field}`)]);
    }
  });

  test.each([...PROTOTYPE_NAMES, 'colour'])('a field %s is unknown, at any depth', (name) => {
    for (const place of objectsIn(valid).filter((path) => path[0] !== 'carried')) {
      const hostile = replaced(valid, place, { ...(valueIn(valid, place) as object), ...ownField(name, 1) });
      expect(problemIn(schema, hostile)).toMatch(/ has no (?:field|stream|endpoint|threshold|retention) "/);
    }
  });
});

type Place = readonly string[];

function placesIn(value: unknown, place: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [place];
  return [place, ...Object.entries(value).flatMap(([name, below]) => placesIn(below, [...place, name]))];
}

const objectsIn = (value: object): Place[] =>
  placesIn(value).filter((place) => {
    const found = valueIn(value, place);
    return typeof found === 'object' && found !== null && !Array.isArray(found);
  });

const valueIn = (value: unknown, place: Place): unknown =>
  place.reduce<unknown>((at, name) => (at as Readonly<Record<string, unknown>>)[name], value);

function replaced(value: unknown, [name, ...below]: Place, by: unknown): unknown {
  if (name === undefined) return by;
  const fields = value as Readonly<Record<string, unknown>>;
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...fields };
  return Object.assign(copy, { [name]: replaced(fields[name], below, by) });
}

test.each([
  [pauseRequest, { note: 'x'.repeat(501) }, 'note must be a text of at most 500 characters.'],
  [pauseRequest, { note: 'a\0b' }, 'note must not contain a NUL character.'],
  [pauseRequest, { note: '' }, 'A pause needs a note that says why.'],
  [disconnectRequest, { note: 'x'.repeat(501) }, 'note must be a text of at most 500 characters.'],
  [pollNowRequest, { streams: Array(51).fill('account') }, 'streams must be a list of at most 50 streams.'],
  [testRequest, { findRegion: 'yes' }, 'findRegion must be true or false.'],
  [testRequest, 'text', 'The request must be an object.'],
  [
    refusedKeys,
    { version: '1', stream: 'policies', runId: 'r' },
    'version must be a whole number from 0 to 2147483647.',
  ],
  [refusedKeys, { version: 1, stream: 'weather', runId: 'r' }, 'There is no stream "weather".'],
  [withdrawalRequest, {}, 'Name the annotation to withdraw.'],
  [annotationRequest, null, 'An annotation needs a control, an owner, a reason and an expiry date.'],
  [backfillInput, undefined, 'A backfill needs a connection and a range of time.'],
  [backfillInput, { ...range, connectionId: 'Acme!' }, 'connectionId must be the id of a connection.'],
  [backfillInput, { ...range, to: 'now' }, 'to is not a date: give ISO 8601, such as 2026-09-12T00:00:00Z.'],
  [settingsChange, { coverage: { domains: ['acme'] } }, 'coverage.domains[0] must be a domain like acme.example.'],
])('%#: one sentence names the field and the rule: %j', (schema, request, problem) => {
  expect(problemIn(schema, request)).toBe(problem);
});
