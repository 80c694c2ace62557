import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { heldWindow, wantedWindow } from '../../../../activities/collect/collect-pages.js';
import type { LedgerPosition } from '../../../../evidence/ledger/ledger.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (iso: string): Date => new Date(iso);

/** Connected three weeks ago, polled now. */
const row = { createdAt: at('2026-11-02T00:00:00Z') };
const started = at('2026-11-23T06:05:00Z');
const now = at('2026-11-23T06:05:30Z');
const end = at('2026-11-23T06:00:00Z');

const wanted = (position: LedgerPosition, openedThisPoll = false): ReturnType<typeof wantedWindow> =>
  wantedWindow(row, position, started, now, openedThisPoll);

describe('what an audit poll reads next', () => {
  test('first everything that Mimecast still keeps, a day at a time', () => {
    expect(wanted({})).toEqual({
      kind: 'scheduled',
      start: at('2026-09-24T07:05:30Z'),
      end: at('2026-09-25T07:05:30Z'),
    });
  });

  test('then what is new', () => {
    expect(wanted({ watermark: at('2026-11-23T00:00:00Z') })).toEqual({
      kind: 'scheduled',
      start: at('2026-11-22T23:30:00Z'),
      end,
    });
  });

  test('what can no longer be read is a gap, with its cause', () => {
    expect(wanted({ watermark: at('2026-08-01T00:00:00Z') })).toMatchObject({
      start: at('2026-09-24T07:05:30Z'),
      gap: { start: at('2026-08-01T00:00:00Z'), end: at('2026-09-24T07:05:30Z'), cause: 'look-back' },
    });
  });

  test('when all that is held, the last two days again for late events, once a day', () => {
    const late = { kind: 'late-events', start: at('2026-11-21T06:00:00Z'), end };
    expect(wanted({ watermark: end })).toEqual(late);
    expect(wanted({ watermark: end, lateEventsReadTo: at('2026-11-22T06:00:00Z') })).toEqual(late);
    expect(wanted({ watermark: end, lateEventsReadTo: at('2026-11-22T06:00:01Z') })).toBeUndefined();
  });

  test('a connection of today has just read everything: nothing can be late yet', () => {
    const young = { createdAt: new Date(end.getTime() - DAY + 1000) };
    expect(wantedWindow(young, { watermark: end }, started, now, true)).toBeUndefined();
  });
});

describe('a poll that has nothing else to read', () => {
  test('reads the end of what is held again, so that it makes a call', () => {
    const watermark = at('2026-11-23T05:00:00Z');
    expect(heldWindow({ watermark }, now)).toEqual({
      kind: 'scheduled',
      start: at('2026-11-23T04:30:00Z'),
      end: watermark,
    });
  });

  test('reads nothing that has not happened yet, whatever is held', () => {
    expect(heldWindow({ watermark: at('2099-01-01T00:00:00Z') }, now)?.end).toEqual(at('2026-11-23T06:00:30Z'));
    expect(heldWindow({}, now)).toBeUndefined();
  });
});

test('whatever was held before, a poll comes to its end without a hole, and never starts before the look-back', () => {
  const held = fc.option(fc.integer({ min: -90 * 24, max: 0 }), { nil: undefined });
  fc.assert(
    fc.property(held, (hours) => {
      let watermark = hours === undefined ? undefined : new Date(end.getTime() + hours * HOUR);
      for (let windows = 0; windows < 70; windows += 1) {
        const next = wanted({ ...(watermark && { watermark }), lateEventsReadTo: end }, windows > 0);
        if (!next) {
          expect(watermark).toEqual(end);
          return;
        }
        expect(next.start.getTime()).toBeGreaterThan(now.getTime() - 60 * DAY);
        expect(next.end.getTime() - next.start.getTime()).toBeLessThanOrEqual(DAY);
        const covered = next.gap?.end ?? watermark;
        if (covered) expect(next.start.getTime()).toBeLessThanOrEqual(covered.getTime());
        watermark = next.end;
      }
      throw new Error('The poll did not come to its end.');
    }),
  );
});
