import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completenessOf, OWED_RULES, type KnownCoverage } from '../../../../evidence/completeness/missing-ranges.js';
import { common, merged, without, type TimeRange } from '../../../../model/time-ranges.js';
import { WINDOW_RULES } from '../../../../mimecast/audit-windows.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = new Date('2026-11-23T12:00:00.000Z');

const day = (days: number): Date => new Date(NOW.getTime() - days * DAY_MS);
const span = (fromDaysAgo: number, toDaysAgo: number): TimeRange => ({ start: day(fromDaysAgo), end: day(toDaysAgo) });

/** Connected a hundred days ago, polled every six hours, and nothing held. */
const known = (changes: Partial<KnownCoverage> = {}): KnownCoverage => ({
  acceptedAt: day(100),
  everyMs: 6 * HOUR_MS,
  now: NOW,
  polled: true,
  held: [],
  lost: [],
  failed: [],
  ...changes,
});

const { from: FROM, due: DUE } = completenessOf(known());

/** Ranges at whole seconds, in any order, that may overlap, be empty, or reach out of what is owed. */
const ranges = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: 175 * 86_400 }), fc.integer({ min: 0, max: 20 * 86_400 }))
    .map(([before, seconds]): TimeRange => {
      const start = NOW.getTime() - before * 1000;
      return { start: new Date(start), end: new Date(start + seconds * 1000) };
    }),
  { maxLength: 12 },
);

const length = (all: readonly TimeRange[]): number =>
  merged(all).reduce((sum, { start, end }) => sum + end.getTime() - start.getTime(), 0);

function expectOrdered(all: readonly TimeRange[], touching = false): void {
  for (const { start, end } of all) expect(start < end).toBe(true);
  for (const [index, { start }] of all.slice(1).entries()) {
    const before = all[index]?.end.getTime() ?? NaN;
    if (touching) expect(start.getTime()).toBeGreaterThanOrEqual(before);
    else expect(start.getTime()).toBeGreaterThan(before);
  }
}

describe('ranges of time', () => {
  test('are in order, disjoint and apart once they are merged, and are the same moments', () => {
    fc.assert(
      fc.property(ranges, (some) => {
        expectOrdered(merged(some));
        expect(merged(merged(some))).toEqual(merged(some));
        for (const range of some) expect(without([range], some)).toEqual([]);
      }),
    );
  });

  test('are split by others into what they have in common and what is left, without rest', () => {
    fc.assert(
      fc.property(ranges, ranges, (some, others) => {
        const left = without(some, others);
        const shared = common(some, others);
        expectOrdered(left);
        expectOrdered(shared);
        expect(merged([...left, ...shared])).toEqual(merged(some));
        expect(length(left) + length(shared)).toBe(length(some));
        expect(common(left, others)).toEqual([]);
        expect(common(others, some)).toEqual(shared);
      }),
    );
  });
});

describe('what is missing', () => {
  const coverage = fc.record({
    held: ranges,
    lost: ranges,
    failed: ranges,
    polled: fc.boolean(),
    watermark: fc.option(fc.integer({ min: 0, max: 170 }).map(day), { nil: undefined }),
  });
  type Some = typeof coverage extends fc.Arbitrary<infer Drawn> ? Drawn : never;
  const of = ({ watermark, ...rest }: Some) => completenessOf(known({ ...rest, ...(watermark && { watermark }) }));

  test('and what is held are all of what is owed, in order and disjoint', () => {
    fc.assert(
      fc.property(coverage, (some) => {
        const { from, due, gaps } = of(some);
        const owed = [{ start: from, end: due }];
        expectOrdered(gaps, true);
        expect(merged([...common(owed, some.held), ...gaps])).toEqual(merged(owed));
        expect(common(gaps, some.held)).toEqual([]);
      }),
    );
  });

  test('never grows with another window, and what stays missing keeps its cause', () => {
    fc.assert(
      fc.property(coverage, ranges, (some, more) => {
        const before = of(some).gaps;
        const after = of({ ...some, held: [...some.held, ...more] }).gaps;
        expect(without(after, before)).toEqual([]);
        for (const { start, end, cause, fillable } of after) {
          expect(before.some((gap) => gap.start <= start && gap.end >= end && gap.cause === cause)).toBe(true);
          expect(before.some((gap) => gap.start <= start && gap.end >= end && gap.fillable === fillable)).toBe(true);
        }
      }),
    );
  });

  test('can be filled when the vendor still keeps it, and only then', () => {
    const keptFrom = NOW.getTime() - OWED_RULES.lookBackMs;
    fc.assert(
      fc.property(coverage, (some) => {
        for (const { start, end, fillable } of of(some).gaps) {
          if (fillable) expect(start.getTime()).toBeGreaterThanOrEqual(keptFrom);
          else expect(end.getTime()).toBeLessThanOrEqual(keptFrom);
        }
      }),
    );
  });

  const keptFrom = new Date(NOW.getTime() - OWED_RULES.lookBackMs);
  const held = [{ start: FROM, end: day(50) }];
  test.each<[string, Partial<KnownCoverage>, object[]]>([
    ['nothing, when all is held', { held: [{ start: FROM, end: DUE }], watermark: DUE }, []],
    ['polls are behind', { held, watermark: day(50) }, [{ start: day(50), end: DUE, cause: 'behind', fillable: true }]],
    [
      'the stream is paused or disabled, or the keys are refused',
      { held, watermark: day(50), polled: false },
      [{ start: day(50), end: DUE, cause: 'not-polled', fillable: true }],
    ],
    [
      'a gap was recorded, and another range is simply not there',
      {
        held: [{ start: FROM, end: day(80) }, span(70, 40), { start: day(30), end: DUE }],
        lost: [span(80, 70)],
        watermark: DUE,
      },
      [
        { ...span(80, 70), cause: 'look-back', fillable: false },
        { ...span(40, 30), cause: 'not-polled', fillable: true },
      ],
    ],
    [
      'a recorded gap was filled since by a backfill',
      { held: [{ start: FROM, end: DUE }], lost: [span(80, 70)], watermark: DUE },
      [],
    ],
    [
      'a window was given up in the middle of what is behind',
      { held, failed: [span(45, 44)], watermark: day(50) },
      [
        { ...span(50, 45), cause: 'behind' },
        { ...span(45, 44), cause: 'window-failed' },
        { start: day(44), end: DUE, cause: 'behind' },
      ],
    ],
    [
      'part of it can no longer be had',
      { held: [{ start: FROM, end: day(70) }], watermark: day(70) },
      [
        { start: day(70), end: keptFrom, cause: 'behind', fillable: false },
        { start: keptFrom, end: DUE, cause: 'behind', fillable: true },
      ],
    ],
    [
      'nothing was polled since the connect the day before',
      { acceptedAt: day(1) },
      [
        { end: keptFrom, cause: 'behind', fillable: false },
        { start: keptFrom, end: DUE, cause: 'behind', fillable: true },
      ],
    ],
  ])('is named: %s', (_, changes, gaps) => {
    expect(completenessOf(known(changes)).gaps).toMatchObject(gaps);
  });
});

describe('what is owed', () => {
  test('goes by the rules that polls go by', () => {
    const { lookBackMs, settlingMs } = WINDOW_RULES;
    expect(OWED_RULES).toEqual({ lookBackMs, settlingMs });
  });

  test('begins where a first poll in time would have begun, and ends where one in time has read to', () => {
    expect(FROM).toEqual(new Date(day(160).getTime() + HOUR_MS + 6 * HOUR_MS + 5 * 60_000));
    expect(DUE).toEqual(new Date(NOW.getTime() - 6 * HOUR_MS - 5 * 60_000));
  });

  test('does not shrink by more than a day for a stream that is polled once a month', () => {
    const { from } = completenessOf(known({ everyMs: 30 * DAY_MS }));
    expect(from).toEqual(new Date(day(159).getTime() + HOUR_MS + 5 * 60_000));
  });

  test('ends with the connection', () => {
    const { due, gaps } = completenessOf(known({ disconnectedAt: day(20), polled: false, held: [span(170, 20)] }));
    expect(due).toEqual(new Date(day(20).getTime() - 6 * HOUR_MS - 5 * 60_000));
    expect(gaps).toEqual([]);
  });

  test('is nothing before a first poll could have been missed', () => {
    const { from, due, gaps } = completenessOf(known({ acceptedAt: NOW, everyMs: 30 * DAY_MS }));
    expect(due.getTime() - from.getTime()).toBeGreaterThanOrEqual(0);
    expect(gaps.length).toBeLessThanOrEqual(1);
    expect(completenessOf(known({ acceptedAt: NOW, disconnectedAt: day(70) }))).toMatchObject({ gaps: [] });
  });
});
