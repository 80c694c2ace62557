import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  backfillRange,
  clampStart,
  keptRange,
  lateEventsWindow,
  nextWindow,
  pollEnd,
  slices,
  WINDOW_RULES,
  type TimeRange,
} from '../../../mimecast/audit-windows.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (iso: string): Date => new Date(iso);
const now = at('2026-11-23T06:05:00.750Z');
const end = at('2026-11-23T06:00:00Z');

describe('what a poll reads next', () => {
  test('the first of all: from the look-back on, a day at a time', () => {
    expect(nextWindow({ end, openedThisPoll: false, now })).toEqual({
      window: { start: at('2026-09-24T07:05:01Z'), end: at('2026-09-25T07:05:01Z') },
    });
  });

  test('a poll starts half an hour before the watermark', () => {
    const watermark = at('2026-11-23T00:00:00Z');
    expect(nextWindow({ watermark, end, openedThisPoll: false, now })).toEqual({
      window: { start: at('2026-11-22T23:30:00Z'), end },
    });
  });

  test('and goes on exactly at the watermark', () => {
    const watermark = at('2026-11-21T00:00:00Z');
    expect(nextWindow({ watermark, end, openedThisPoll: true, now })).toEqual({
      window: { start: watermark, end: at('2026-11-22T00:00:00Z') },
    });
  });

  test('what Mimecast no longer keeps is a gap', () => {
    const watermark = at('2026-09-01T00:00:00Z');
    expect(nextWindow({ watermark, end, openedThisPoll: false, now })).toEqual({
      window: { start: at('2026-09-24T07:05:01Z'), end: at('2026-09-25T07:05:01Z') },
      gap: { start: watermark, end: at('2026-09-24T07:05:01Z') },
    });
  });

  test.each([end, at('2026-11-23T06:00:01Z')])('nothing when all is held up to %s', (watermark) => {
    expect(nextWindow({ watermark, end, openedThisPoll: false, now })).toBe('nothing-to-do');
  });

  test('nothing when its own end lies before the look-back', () => {
    expect(nextWindow({ end: at('2026-01-01T00:00:00Z'), openedThisPoll: false, now })).toBe('nothing-to-do');
  });
});

test('a poll ends five minutes before it started, on a whole second', () => {
  expect(pollEnd(at('2026-11-23T06:05:00.750Z'))).toEqual(at('2026-11-23T06:00:00Z'));
});

test('a window that is read again starts where Mimecast still answers', () => {
  expect(clampStart(at('2026-11-20T00:00:00Z'), now)).toEqual(at('2026-11-20T00:00:00Z'));
  expect(clampStart(at('2026-09-01T00:00:00Z'), now)).toEqual(at('2026-09-24T07:05:01Z'));
});

describe('a window that waited for its first page', () => {
  const opened = { start: at('2026-09-24T07:05:01Z'), end: at('2026-09-25T07:05:01Z') };

  test.each([
    ['at once', '2026-11-23T06:05:00.750Z', opened],
    ['as long as Mimecast still has all of it', '2026-11-23T06:55:01Z', opened],
    [
      'when its beginning is gone',
      '2026-11-23T12:00:00Z',
      { start: at('2026-09-24T13:00:00Z'), end: at('2026-09-25T07:05:01Z') },
    ],
    [
      'when all of it is gone',
      '2026-11-25T12:00:00Z',
      { start: at('2026-09-26T13:00:00Z'), end: at('2026-09-27T13:00:00Z') },
    ],
  ])('%s', (_, asked, kept) => {
    expect(keptRange(opened, at(asked))).toEqual(kept);
  });
});

describe('late events', () => {
  const watermark = at('2026-11-23T00:00:00Z');
  const window = { start: at('2026-11-21T06:00:00Z'), end };

  test('are looked for once a day over two days', () => {
    expect(lateEventsWindow({ end, watermark })).toEqual(window);
    expect(lateEventsWindow({ end, watermark, lateEventsReadTo: at('2026-11-22T06:00:00Z') })).toEqual(window);
    expect(lateEventsWindow({ end, watermark, lateEventsReadTo: at('2026-11-22T06:00:01Z') })).toBeUndefined();
  });

  test('not by the poll that reads everything for the first time', () => {
    expect(lateEventsWindow({ end })).toBeUndefined();
  });
});

describe('over any history of polls', () => {
  /** Polls that start after these pauses and each open at most so many windows, however the clock's fractions fall. */
  const history = fc.array(
    fc.record({ pauseMs: fc.integer({ min: 1, max: 90 * DAY }), windows: fc.integer({ min: 0, max: 70 }) }),
    { minLength: 1, maxLength: 12 },
  );

  interface Read {
    readonly window: TimeRange;
    readonly gap?: TimeRange;
    readonly at: number;
  }

  function run(polls: readonly { pauseMs: number; windows: number }[]): Read[] {
    let clock = Date.UTC(2026, 0, 1);
    let watermark: Date | undefined;
    const reads: Read[] = [];
    for (const { pauseMs, windows } of polls) {
      clock += pauseMs;
      const pollsUpTo = pollEnd(new Date(clock));
      for (let opened = 0; opened < windows; opened += 1) {
        const next = nextWindow({ watermark, end: pollsUpTo, openedThisPoll: opened > 0, now: new Date(clock) });
        if (next === 'nothing-to-do') break;
        reads.push({ ...next, at: clock });
        watermark = next.window.end;
        clock += 1_234;
      }
    }
    return reads;
  }

  test('everything from the first start on is read, or named as a gap', () => {
    fc.assert(
      fc.property(history, (polls) => {
        let held: number | undefined;
        for (const { window, gap } of run(polls)) {
          const from = (gap ?? window).start.getTime();
          if (held !== undefined) expect(from).toBeLessThanOrEqual(held);
          if (gap) {
            expect(gap.start.getTime()).toBe(held);
            expect(gap.end).toEqual(window.start);
          }
          held = window.end.getTime();
        }
      }),
    );
  });

  test('windows move on, are a day at most, lie within the look-back and settled, and start on whole seconds', () => {
    fc.assert(
      fc.property(history, (polls) => {
        let watermark = -Infinity;
        for (const { window, at: readAt } of run(polls)) {
          const start = window.start.getTime();
          const windowEnd = window.end.getTime();
          expect(windowEnd).toBeGreaterThan(watermark);
          expect(windowEnd).toBeGreaterThan(start);
          expect(windowEnd - start).toBeLessThanOrEqual(DAY);
          expect(start).toBeGreaterThanOrEqual(readAt - WINDOW_RULES.lookBackMs);
          expect(windowEnd).toBeLessThanOrEqual(readAt - WINDOW_RULES.settlingMs);
          expect([start % 1000, windowEnd % 1000]).toEqual([0, 0]);
          watermark = windowEnd;
        }
      }),
    );
  });
});

describe('what a backfill may ask for', () => {
  const settled = at('2026-11-23T06:00:00Z');
  const earliest = at('2026-09-24T07:05:01Z');
  test.each<[string, [string, string], object]>([
    [
      'all of it, in whole seconds and never less',
      ['2026-11-01T00:00:00.500Z', '2026-11-02T00:00:00.500Z'],
      { range: { start: at('2026-11-01T00:00:00Z'), end: at('2026-11-02T00:00:01Z') } },
    ],
    [
      'what Mimecast still keeps',
      ['2026-09-01T00:00:00Z', '2026-10-01T00:00:00Z'],
      {
        range: { start: earliest, end: at('2026-10-01T00:00:00Z') },
        beyondLookBack: { start: at('2026-09-01T00:00:00Z'), end: earliest },
      },
    ],
    [
      'nothing, when Mimecast keeps nothing of it',
      ['2026-08-01T00:00:00Z', '2026-09-01T00:00:00Z'],
      { beyondLookBack: { start: at('2026-08-01T00:00:00Z'), end: at('2026-09-01T00:00:00Z') } },
    ],
    [
      'what has settled',
      ['2026-11-23T00:00:00Z', '2026-11-24T00:00:00Z'],
      { range: { start: at('2026-11-23T00:00:00Z'), end: settled }, cutAt: settled },
    ],
    ['nothing of what has not', ['2026-11-23T06:01:00Z', '2026-11-23T06:04:00Z'], { cutAt: settled }],
  ])('%s', (_, [from, to], wanted) => {
    expect(backfillRange({ from: at(from), to: at(to), now })).toEqual(wanted);
  });

  test('is cut into windows that touch, cover it, and are no longer than a slice', () => {
    const seconds = fc.integer({ min: 1, max: 10 * 86_400 });
    fc.assert(
      fc.property(seconds, (lasts) => {
        const range = { start: end, end: new Date(end.getTime() + lasts * 1000) };
        const cut = slices(range);
        expect(cut).toHaveLength(Math.ceil((lasts * 1000) / WINDOW_RULES.sliceMs));
        expect([cut[0]?.start, cut.at(-1)?.end]).toEqual([range.start, range.end]);
        for (const [index, slice] of cut.entries()) {
          expect(slice.end.getTime() - slice.start.getTime()).toBeLessThanOrEqual(WINDOW_RULES.sliceMs);
          if (index > 0) expect(slice.start).toEqual(cut[index - 1]?.end);
        }
      }),
    );
    expect(slices({ start: end, end })).toEqual([]);
  });
});
