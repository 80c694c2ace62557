import { expect, test } from 'vitest';
import { LONGEST_RESET_MS, parseRateLimit, stopAfterRefusalMs, type Headers } from '../../../mimecast/rate-limit.js';

const now = new Date('2026-01-05T09:00:00Z');

test.each<[string, Headers, object]>([
  [
    'milliseconds',
    { 'x-ratelimit-limit': '800', 'x-ratelimit-remaining': '799', 'x-ratelimit-reset': '4210' },
    { limit: 800, remaining: 799, resetMs: 4210 },
  ],
  ['nothing said', {}, {}],
  ['nonsense', { 'x-ratelimit-limit': 'many', 'x-ratelimit-remaining': '-1', 'x-ratelimit-reset': 'NaN' }, {}],
  ['nothing in it', { 'x-ratelimit-remaining': '', 'x-ratelimit-reset': ' ' }, {}],
  ['not finite', { 'x-ratelimit-reset': 'Infinity' }, {}],
  ['a point in time', { 'x-ratelimit-reset': '1767603607000' }, { resetMs: LONGEST_RESET_MS }],
  ['sent twice', { 'x-ratelimit-remaining': ['7', '9'] }, { remaining: 7 }],
  ['a fraction', { 'x-ratelimit-remaining': '3.9' }, { remaining: 3 }],
  ['Retry-After in seconds', { 'retry-after': '12' }, { resetMs: 12_000 }],
  ['Retry-After as a date', { 'retry-after': 'Mon, 05 Jan 2026 09:00:30 GMT' }, { resetMs: 30_000 }],
  ['Retry-After in the past', { 'retry-after': 'Mon, 05 Jan 2026 08:00:00 GMT' }, {}],
  ['Retry-After beside the reset', { 'x-ratelimit-reset': '100', 'retry-after': '12' }, { resetMs: 100 }],
])('rate limit headers: %s', (_, headers, told) => {
  expect(parseRateLimit(headers, now)).toEqual(told);
});

test('after a 429 nothing is sent for as long as it says, a second at least, a minute when it does not say', () => {
  expect(stopAfterRefusalMs({ resetMs: 4200 })).toBe(4200);
  expect(stopAfterRefusalMs({ resetMs: 0 })).toBe(1000);
  expect(stopAfterRefusalMs({})).toBe(60_000);
});
