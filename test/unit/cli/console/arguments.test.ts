import { describe, expect, test } from 'vitest';
import { parseConnectionId, parseMoment, parseStreams } from '../../../../cli/console/arguments.js';

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
