import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MissingRange } from '../../../../model/completeness.js';
import type { Facts, KeysFact, StreamFact } from '../../../../model/facts.js';
import { keyDates } from '../../../../model/key-age.js';
import {
  at,
  DAY,
  GOOD,
  HOUR,
  judge,
  lookedAt,
  MINUTE,
  NOTHING,
  said,
  without,
} from '../../../support/posture/facts.js';

describe('audit-evidence', () => {
  const id = 'audit-evidence';
  const held = (fields: Partial<NonNullable<Facts['completeness']>>, facts: Facts = GOOD): Facts => ({
    ...facts,
    completeness: { from: at(-90 * DAY), due: at(-6 * HOUR), gaps: [], watermark: at(-HOUR), ...fields },
  });
  const gap = (start: number, end: number, fields: Partial<MissingRange> = {}): MissingRange => ({
    start: at(start),
    end: at(end),
    cause: 'window-failed',
    fillable: true,
    ...fields,
  });
  const fresh = {
    streams: { 'audit-events': { ...GOOD.streams['audit-events'], lastGoodAt: at(-HOUR) } as StreamFact },
  };

  test.each<[string, Facts, string]>([
    ['held up to an hour ago', GOOD, 'pass contiguous'],
    ['the first interval, and all is held', { ...GOOD, connectedAt: at(-HOUR) }, 'pass contiguous'],
    ['a poll that is due has its time to run', held({ watermark: at(-7 * HOUR) }), 'pass contiguous'],
    [
      'what is due and not read yet is no gap while the poll has its time',
      held({ watermark: at(-7 * HOUR), gaps: [gap(-7 * HOUR, -6 * HOUR, { cause: 'behind' })] }),
      'pass contiguous',
    ],

    [
      'a gap that Mimecast no longer keeps',
      held({ gaps: [gap(-20 * DAY, -19 * DAY, { cause: 'look-back', fillable: false })] }),
      'fail gap',
    ],
    ['a gap that it dropped meanwhile', held({ gaps: [gap(-60 * DAY, -59 * DAY)] }), 'fail gap'],
    [
      'a lost gap in a log that is stale',
      held(
        { watermark: at(-9 * DAY), gaps: [gap(-20 * DAY, -19 * DAY, { fillable: false })] },
        { ...GOOD, streams: {} },
      ),
      'fail gap',
    ],

    ['a gap that can still be filled', held({ gaps: [gap(-20 * DAY, -19 * DAY)] }), 'unknown gap-open'],
    ['a gap behind the watermark', held({ gaps: [gap(-2 * DAY, -DAY, { cause: 'behind' })] }), 'unknown gap-open'],
    ['a window that was given up at the watermark', held({ gaps: [gap(-HOUR, -MINUTE)] }), 'unknown gap-open'],
    ['more is due', held({ watermark: at(-8 * HOUR) }, { ...GOOD, ...fresh }), 'unknown behind'],
    ['no event in 7 days', { ...GOOD, newestEventAt: at(-7 * DAY) }, 'unknown no-events'],
    ['no event at all', without(GOOD, 'newestEventAt'), 'unknown no-events'],
    [
      'only an event dated 2099',
      { ...without(GOOD, 'newestEventAt'), futureEventAt: at(73 * 365 * DAY) },
      'unknown no-events',
    ],
    ['the first interval', { ...without(GOOD, 'completeness'), connectedAt: at(-HOUR) }, 'unknown first-interval'],
    [
      'the first interval, with no window yet',
      held({ watermark: undefined as never }, { ...GOOD, connectedAt: at(-HOUR) }),
      'unknown first-interval',
    ],
    ['nothing held after it', without(GOOD, 'completeness'), 'unknown unreadable'],
    ['not read for twice the interval', held({ watermark: at(-12 * HOUR) }, { ...GOOD, streams: {} }), 'unknown stale'],
    ['never connected', without(GOOD, 'connectedAt'), 'unknown unreadable'],
  ])('%s', (_, facts, expected) => {
    expect(said(id, facts)).toBe(expected);
  });

  test('a gap turns into a fail at the moment at which Mimecast drops its first event', () => {
    const facts = held({ gaps: [gap(-60 * DAY + HOUR, -59 * DAY)] });
    expect(judge(id, facts)).toMatchObject({ verdict: 'unknown', turnsAt: at(HOUR).toISOString() });
    expect(said(id, lookedAt(facts, at(HOUR - 1)))).toBe('unknown gap-open');
    expect(said(id, lookedAt(facts, at(HOUR)))).toBe('fail gap');
  });

  test('says which range, and how to fill or record it', () => {
    const open = judge(id, held({ gaps: [gap(-20 * DAY, -19 * DAY)] }));
    expect(open.reason).toContain('until 2027-01-02 12:00 UTC: from 2026-11-03 12:00 UTC to 2026-11-04 12:00 UTC');
    expect(open.action).toContain('"backfill acme"');
    const lost = judge(id, held({ gaps: [gap(-20 * DAY, -19 * DAY, { fillable: false })] }));
    expect(lost.action).toContain('"annotate acme audit-evidence');
  });
});

describe('evidence-fresh', () => {
  const id = 'evidence-fresh';
  const policies = (fields: Partial<StreamFact>): Facts => {
    const { lastGoodAt, ...others } = { ...GOOD.streams.policies, ...fields } as StreamFact;
    return { ...GOOD, streams: { ...GOOD.streams, policies: { ...others, ...(lastGoodAt && { lastGoodAt }) } } };
  };

  test.each<[string, Facts, string]>([
    ['all answered', GOOD, 'pass fresh'],
    ['the first interval, and all answered', { ...GOOD, connectedAt: at(-HOUR) }, 'pass fresh'],
    [
      'a stream that is disabled and never answered',
      policies({ enabled: false, lastGoodAt: undefined as never }),
      'pass fresh',
    ],

    ['twice the interval ago', policies({ lastGoodAt: at(-2 * DAY) }), 'fail stale'],
    ['paused', policies({ paused: true }), 'fail paused'],
    [
      'paused in the first interval',
      policies({ paused: true, since: at(-HOUR), lastGoodAt: undefined as never }),
      'fail paused',
    ],
    [
      'never answered in twice the interval',
      policies({ since: at(-2 * DAY), lastGoodAt: undefined as never }),
      'fail stale',
    ],
    ['enabled by the settings, and nothing is known of it', { ...GOOD, streams: {} }, 'fail stale'],

    ['enabled lately', policies({ since: at(-2 * DAY + 1), lastGoodAt: undefined as never }), 'unknown first-interval'],
    ['just connected', { ...GOOD, streams: {}, connectedAt: at(-HOUR) }, 'unknown first-interval'],
    ['none enabled', { ...GOOD, streams: {}, settings: { ...GOOD.settings, streams: {} } }, 'unknown none-enabled'],
    ['never connected', without(GOOD, 'connectedAt'), 'unknown unreadable'],
  ])('%s', (_, facts, expected) => {
    expect(said(id, facts)).toBe(expected);
  });

  test('names each stream with its trouble', () => {
    const facts = policies({ lastGoodAt: at(-2 * DAY) });
    const account = { ...GOOD.streams.account, paused: true } as StreamFact;
    const { reason, details } = judge(id, { ...facts, streams: { ...facts.streams, account } });
    expect(reason).toBe('Not read within twice the interval: policies; paused: account.');
    expect(details).toEqual({ stale: ['policies'], paused: ['account'] });
  });

  test('turns by itself when polls die', () => {
    const { turnsAt } = judge(id, GOOD);
    expect(turnsAt).toBe(at(11 * HOUR).toISOString());
    expect(said(id, lookedAt(GOOD, at(11 * HOUR - 1)))).toBe('pass fresh');
    expect(said(id, lookedAt(GOOD, at(11 * HOUR)))).toBe('fail stale');
  });
});

describe('credential-age', () => {
  const id = 'credential-age';
  const keys = (fields: Partial<KeysFact>): Facts => {
    const { storedAt, ...others } = { ...GOOD.keys, ...fields } as KeysFact;
    return { ...GOOD, keys: { ...others, ...(storedAt && { storedAt }) } };
  };
  const notStored = { storedAt: undefined as never };

  test.each<[string, Facts, string]>([
    ['issued 20 days ago', GOOD, 'pass young'],
    ['issued 90 days ago less a moment', keys({ issuedAt: at(-90 * DAY + 1) }), 'pass young'],
    ['when they were stored is not known', keys(notStored), 'pass young'],
    ['a clock that is a little ahead', keys({ issuedAt: at(4 * MINUTE), ...notStored }), 'pass young'],

    ['issued 90 days ago', keys({ issuedAt: at(-90 * DAY) }), 'fail overdue'],
    ['stored 90 days ago', keys({ issuedAt: at(-DAY), storedAt: at(-90 * DAY) }), 'fail overdue'],
    [
      'stored 90 days ago, issue date unknown',
      keys({ issueDateKnown: false, issuedAt: at(-90 * DAY), ...notStored }),
      'fail overdue',
    ],
    [
      'more than this tenant is held to',
      { ...GOOD, settings: { ...GOOD.settings, thresholds: { keysOverdueDays: 20 } } },
      'fail overdue',
    ],

    ['nobody said when', keys({ issueDateKnown: false }), 'unknown issue-date-unknown'],
    ['issued after they were stored', keys({ issuedAt: at(-HOUR), storedAt: at(-DAY) }), 'unknown issue-date-unknown'],
    ['issued in the future', keys({ issuedAt: at(DAY), ...notStored }), 'unknown issue-date-unknown'],
    ['no keys', without(GOOD, 'keys'), 'unknown unreadable'],
  ])('%s', (_, facts, expected) => {
    expect(said(id, facts)).toBe(expected);
  });

  test('turns at the moment that the reminder in status calls overdue', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 89 }), fc.option(fc.integer({ min: 90, max: 400 })), (age, days) => {
        const thresholds = days === null ? {} : { keysOverdueDays: days };
        const issuedAt = at(-age * DAY);
        const facts = { ...keys({ issuedAt, storedAt: issuedAt }), settings: { ...GOOD.settings, thresholds } };
        const { overdueAt } = keyDates(issuedAt, thresholds);
        expect(judge(id, facts)).toMatchObject({ verdict: 'pass', turnsAt: overdueAt.toISOString() });
        expect(said(id, lookedAt(facts, new Date(overdueAt.getTime() - 1)))).toBe('pass young');
        expect(said(id, lookedAt(facts, overdueAt))).toBe('fail overdue');
      }),
    );
  });
});

describe('api-generation', () => {
  const id = 'api-generation';
  const keys = (apiVersion: KeysFact['apiVersion']): Facts => ({
    ...GOOD,
    keys: { ...GOOD.keys, apiVersion } as KeysFact,
  });
  const gone = (apiVersion: KeysFact['apiVersion']): Facts => ({
    ...without(GOOD, 'keys'),
    settings: { ...GOOD.settings, apiVersion },
  });

  test.each<[string, Facts, string]>([
    ['2.0', keys('2.0'), 'pass current'],
    ['1.0', keys('1.0'), 'fail no-new-applications'],
    ['keys that are gone, 2.0', gone('2.0'), 'pass current'],
    ['keys that are gone, 1.0', gone('1.0'), 'fail no-new-applications'],
    ['never connected', NOTHING, 'unknown never-connected'],
  ])('%s', (_, facts, expected) => {
    expect(said(id, facts)).toBe(expected);
  });
});
