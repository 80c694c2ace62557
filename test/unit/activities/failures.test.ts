import { log } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { toFailure } from '../../../activities/failures.js';
import {
  EvidenceSchemaError,
  EvidenceStateError,
  EvidenceUnreachableError,
  EvidenceValueError,
} from '../../../evidence/database/errors.js';
import {
  MimecastAuthenticationError,
  MimecastRateLimitError,
  MimecastTransportError,
} from '../../../mimecast/errors.js';
import { MimecastBaseUrlError } from '../../../mimecast/regions.js';
import { VaultForeignKeyError, VaultSealError } from '../../../vault/errors.js';

const logged: unknown[] = [];
beforeEach(() => {
  logged.length = 0;
  vi.spyOn(log, 'error').mockImplementation((...entry: unknown[]) => {
    logged.push(entry);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const SECRET = 'planted-access-key';
const place = {
  host: 'eu-api.mimecast.com',
  path: '/api/x',
  requestId: 'r-1',
  at: '2026-11-23T06:00:00Z',
  httpStatus: 401,
};

const failureFor = (error: unknown): ApplicationFailure => {
  const failure = toFailure(error);
  if (!(failure instanceof ApplicationFailure)) throw new TypeError('not an application failure');
  return failure;
};

describe('our own errors keep their name and message; whether they are tried again depends on what they are', () => {
  test.each<[Error, boolean]>([
    [new MimecastAuthenticationError(place, 'keys'), false],
    [new MimecastTransportError(place, 'timeout'), true],
    [new EvidenceUnreachableError('127.0.0.1:5432', 'refused'), true],
    [new EvidenceSchemaError(['0002-more']), false],
    [new EvidenceValueError('22003'), false],
    [new EvidenceStateError('It is disconnected.'), false],
    [new MimecastBaseUrlError('The base URL is not a host of Mimecast.'), false],
    [new VaultForeignKeyError('acme', '2026-11-23-aa'), false],
    [new VaultSealError('Damaged.'), false],
  ])('%s', (error, triedAgain) => {
    const { type, message, nonRetryable, cause } = failureFor(error);
    expect([type, message, !nonRetryable]).toEqual([error.name, error.message, triedAgain]);
    expect(cause).toBeUndefined();
    expect(logged).toEqual([]);
  });
});

test('what Mimecast says is kept with the place where it said it', () => {
  expect(failureFor(new MimecastAuthenticationError({ ...place, codes: ['err_x'] }, 'keys')).details).toEqual([
    { path: '/api/x', requestId: 'r-1', httpStatus: 401, codes: ['err_x'], at: '2026-11-23T06:00:00Z' },
  ]);
});

test('the rate limit is no alarm, and says when to come back', () => {
  expect(failureFor(new MimecastRateLimitError(place, 4_200))).toMatchObject({
    nextRetryDelay: 4_200,
    category: ApplicationFailureCategory.BENIGN,
    nonRetryable: false,
  });
});

test.each([ApplicationFailure.nonRetryable('said', 'Own'), new CancelledFailure('cancelled')])(
  "what is the engine's own already passes as it is: %s",
  (failure) => {
    expect(toFailure(failure)).toBe(failure);
  },
);

describe('a foreign error never passes: neither its message nor what it carries, not even into the log', () => {
  const withCode = (code: string): Error =>
    Object.assign(new Error(`insert into x values ('${SECRET}')`), { code, detail: SECRET, cause: new Error(SECRET) });
  class Foreign extends TypeError {
    override readonly name = 'TypeError';
    readonly sent = SECRET;
  }

  test.each<[unknown, string]>([
    [new Error(SECRET), 'UnexpectedError'],
    [new Foreign(`cannot read ${SECRET}`), 'UnexpectedError'],
    [new Error(`it broke\n    at ${SECRET}`), 'UnexpectedError'],
    [Object.assign(new Error('it broke'), { name: SECRET }), 'UnexpectedError'],
    [new Error('outer', { cause: new Error(SECRET) }), 'UnexpectedError'],
    [new AggregateError([new Error(SECRET)], SECRET), 'UnexpectedError'],
    [SECRET, 'UnexpectedError'],
    [{ message: SECRET }, 'UnexpectedError'],
    [undefined, 'UnexpectedError'],
    [withCode('23505'), 'EvidenceUnavailableError'],
    [withCode('ECONNRESET'), 'EvidenceUnavailableError'],
    [withCode(SECRET), 'UnexpectedError'],
  ])('%#: %s', (error, type) => {
    const failure = failureFor(error);
    expect([failure.type, failure.nonRetryable]).toEqual([type, false]);
    expect(failure.cause).toBeUndefined();
    expect(failure.details ?? []).toEqual([]);
    expect(failure.message).toMatch(/tried again by itself/);
    expect(`${failure.message}${failure.stack ?? ''}`).not.toContain(SECRET);
    expect(logged).toHaveLength(1);
    if (error instanceof Error) expect(JSON.stringify(logged)).toContain('failures.test.ts');
    expect(JSON.stringify(logged)).not.toContain(SECRET);
  });
});
