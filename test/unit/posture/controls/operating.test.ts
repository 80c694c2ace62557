import { describe, expect, test } from 'vitest';
import type { Facts } from '../../../../model/facts.js';
import type { DailyStatistics } from '../../../../model/statistics.js';
import {
  at,
  cell,
  DAY,
  HOUR,
  judge,
  log,
  lookedAt,
  MINUTE,
  NOW,
  said,
  withLog,
} from '../../../support/posture/facts.js';

const CONTROLS = [
  { id: 'url-protection-operating', protection: 'url', acted: { rows: 3 } },
  {
    id: 'attachment-sandbox-operating',
    protection: 'attachment',
    acted: { rows: 3, byResult: { safe: 3 } },
  },
] as const;

describe.each(CONTROLS)('$id', ({ id, protection, acted }) => {
  const row = (fields: Partial<DailyStatistics> = {}) => cell({ protection, ...acted, ...fields });
  const days = (...all: DailyStatistics[]): Facts => withLog(protection, log(), all);

  test.each<[string, Facts, string]>([
    ['one row is enough', days(row({ rows: 1, byResult: { safe: 1 } })), 'pass acted'],
    ['the oldest day of the window', days(row({ day: '2026-11-16' })), 'pass acted'],
    ['whatever case the route is in', days(row({ route: 'Inbound' })), 'pass acted'],
    [
      'the newest poll failed, and what was read holds',
      withLog(protection, log({ outcome: 'failed', watermark: at(-DAY) }), [row()]),
      'pass acted',
    ],
    ['today is not over', days(row(), row({ day: '2026-11-23', complete: false })), 'pass acted'],

    ['no rows', days(), 'unknown no-rows'],
    ['an empty log', withLog(protection, log({ outcome: 'empty' }), []), 'unknown no-rows'],
    ['a cell without rows', days(row({ rows: 0, byResult: {} })), 'unknown no-rows'],
    ['rows that are too old', days(row({ day: '2026-11-15' })), 'unknown no-rows'],
    ['rows of days to come', days(row({ day: '2026-11-24' })), 'unknown no-rows'],
    ['only outbound rows', days(row({ route: 'outbound' })), 'unknown no-rows'],
    ['only internal rows', days(row({ route: 'internal' })), 'unknown no-rows'],
    ['rows without a route', days(row({ route: '' })), 'unknown no-rows'],
    ['rows of another protection', days(row({ protection: 'impersonation' })), 'unknown no-rows'],
    ['rows that name no definition', days(row({ definition: '' })), 'unknown no-definition'],
    [
      'rows that name none in words',
      days(row({ definition: ' N/A ' }), row({ definition: 'None' })),
      'unknown no-definition',
    ],
    ['rows of a day that is not over', days(row({ day: '2026-11-23', complete: false })), 'unknown window-incomplete'],
    [
      'a day that is not held to its end',
      days(row(), row({ day: '2026-11-20', complete: false })),
      'unknown window-incomplete',
    ],
    [
      'a log that is not held to yesterday',
      withLog(protection, log({ watermark: at(-3 * DAY) }), [row()]),
      'unknown window-incomplete',
    ],
    [
      'a log that is held to nowhere',
      withLog(protection, log({ watermark: undefined as never }), [row()]),
      'unknown window-incomplete',
    ],
    ['not read yet', withLog(protection, undefined, [row()]), 'unknown unreadable'],
    [
      'never read with success',
      withLog(protection, { outcome: 'failed', observedAt: NOW }, [row()]),
      'unknown unreadable',
    ],
    ['forbidden', withLog(protection, log({ outcome: 'forbidden' }), [row()]), 'unknown forbidden'],
    ['no such log', withLog(protection, log({ outcome: 'unavailable' }), [row()]), 'unknown no-vendor-api'],
    ['read too long ago', withLog(protection, log({ observedAt: at(-2 * DAY) }), [row()]), 'unknown stale'],
    [
      'failing for too long',
      withLog(protection, log({ outcome: 'failed', watermark: at(-2 * DAY) }), [row()]),
      'unknown stale',
    ],
  ])('%s', (_, facts, expected) => {
    expect(said(id, facts)).toBe(expected);
  });

  test('rows of several definitions are counted together and the definitions named', () => {
    const facts = days(row({ definition: 'B' }), row({ definition: 'A', day: '2026-11-20' }), row({ definition: '' }));
    const { reason, details } = judge(id, facts);
    expect(reason).toMatch(/^6 .+ inbound within 7 days, by 2 definitions\.$/);
    expect(details).toEqual({ rows: 9, acted: 6, definitions: ['A', 'B'] });
  });

  test('turns when its newest day leaves the window, or when the log goes stale', () => {
    const facts = days(row({ day: '2026-11-16' }));
    const midnight = new Date('2026-11-24T00:00:00Z');
    expect(judge(id, facts).turnsAt).toBe(midnight.toISOString());
    expect(said(id, lookedAt(facts, new Date(midnight.getTime() - 1)))).toBe('pass acted');
    expect(said(id, lookedAt(facts, midnight))).toBe('unknown no-rows');
    expect(judge(id, days(row())).turnsAt).toBe(at(47 * HOUR).toISOString());
  });

  test('asks for the permission that is missing', () => {
    const permission = 'Monitoring | URL Protection | Read';
    expect(judge(id, withLog(protection, log({ outcome: 'forbidden', permission }))).action).toBe(
      `Grant "${permission}" to the role of the API user, then "poll acme threat-statistics".`,
    );
  });

  test('a settling time around midnight is no hole', () => {
    const read = new Date('2026-11-23T00:02:00Z');
    const facts = withLog(protection, log({ observedAt: read, watermark: new Date(read.getTime() - 5 * MINUTE) }), [
      row(),
      row({ day: '2026-11-22', complete: false }),
    ]);
    expect(said(id, lookedAt(facts, read))).toBe('pass acted');
  });
});

test('files that only timed out, failed or came to something unknown were not examined', () => {
  const saidOf = (byResult: DailyStatistics['byResult']) =>
    said('attachment-sandbox-operating', withLog('attachment', log(), [cell({ protection: 'attachment', byResult })]));
  expect(saidOf({ timeout: 2, error: 1 })).toBe('unknown only-errors');
  expect(saidOf({ frobnicated: 3 })).toBe('unknown only-errors');
  expect(saidOf({ timeout: 2, Unsafe: 1 })).toBe('pass acted');
});
