import { describe, expect, test } from 'vitest';
import {
  collectInterval,
  collectPath,
  parseConnectionId,
  parseMoment,
  parsePageSize,
  parseStreams,
} from '../../../../cli/console/arguments.js';

describe('an id of a connection', () => {
  test.each(['a', 'acme', 'acme-eu', '0', 'a'.repeat(63)])('%s is taken', (id) => {
    expect(parseConnectionId(id)).toBe(id);
  });

  test.each(['', 'Acme', '-acme', 'a b', 'acme/eu', 'a'.repeat(64), 'acmé', 'acme\n'])('%j is refused', (id) => {
    expect(() => parseConnectionId(id)).toThrow(
      expect.objectContaining({ code: 'invalid-connection-id', exitCode: 2 }),
    );
  });
});

test('streams are taken once each, in the order in which they were named', () => {
  expect(parseStreams(['policies', 'account', 'policies'])).toEqual(['policies', 'account']);
});

test('a stream that is not there is named, with those that are', () => {
  expect(() => parseStreams(['policies', 'polices'])).toThrow(
    expect.objectContaining({
      message: '"polices" is not a stream.',
      nextStep: expect.stringContaining('audit-events, policies') as unknown,
    }),
  );
});

describe('a moment', () => {
  test.each([
    ['2026-09-12', '2026-09-12T00:00:00.000Z'],
    ['2026-09-12T08:30', '2026-09-12T08:30:00.000Z'],
    ['2026-09-12T08:30Z', '2026-09-12T08:30:00.000Z'],
    ['2026-09-12T08:30:15+02:00', '2026-09-12T06:30:15.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ])('%s is %s, wherever the machine stands', (text, iso) => {
    expect(parseMoment(text).toISOString()).toBe(iso);
  });

  test.each(['', 'yesterday', '12.09.2026', '2026-9-1', '2026-02-31', '2025-02-29', '2026-13-01', '2026-09-12T25:00Z'])(
    '%j is refused',
    (text) => {
      expect(() => parseMoment(text)).toThrow(expect.objectContaining({ code: 'invalid-date' }));
    },
  );
});

test.each(['0', '501', '1.5', '-1', '1e2', '', 'all'])('page size %j is refused', (text) => {
  expect(() => parsePageSize(text)).toThrow(expect.objectContaining({ code: 'invalid-page-size' }));
});

test('paths and intervals are collected over repeated options, the last one of a name counts', () => {
  const paths = ['account=/api/account/v2', 'account=/api/account/get-account', 'url-protect=/api/x'].reduce(
    (before, text) => collectPath(text, before),
    {},
  );
  expect(paths).toEqual({ account: '/api/account/get-account', 'url-protect': '/api/x' });

  const intervals = collectInterval('policies=12h', collectInterval('audit-events=90m'));
  expect(intervals).toEqual({ 'audit-events': 5_400_000, policies: 43_200_000 });
});

test.each([
  ['account', 'invalid-option'],
  ['acount=/api/x', 'invalid-endpoint'],
  ['toString=/api/x', 'invalid-endpoint'],
  ['account=/apiary', 'invalid-path'],
  ['account=/api/../secret', 'invalid-path'],
  ['account=/api/x?y=z', 'invalid-path'],
  ['account=https://evil.example/api/x', 'invalid-path'],
])('path %j is refused', (text, code) => {
  expect(() => collectPath(text)).toThrow(expect.objectContaining({ code, exitCode: 2 }));
});

test.each([
  ['policies', 'invalid-option'],
  ['policy=6h', 'invalid-stream'],
  ['policies=6', 'invalid-interval'],
  ['policies=59s', 'invalid-interval'],
  ['policies=31d', 'invalid-interval'],
  ['policies=0h', 'invalid-interval'],
  ['policies=-6h', 'invalid-interval'],
])('interval %j is refused', (text, code) => {
  expect(() => collectInterval(text)).toThrow(expect.objectContaining({ code, exitCode: 2 }));
});
