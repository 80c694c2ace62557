import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lostFrom, planBackfill } from '../../../../activities/backfill/backfill-plan.js';
import { common, merged, without, type TimeRange } from '../../../../model/time-ranges.js';
import { WINDOW_RULES } from '../../../../mimecast/audit-windows.js';
import type { HeldRanges } from '../../../../evidence/ledger/held.js';
import type { WindowRow } from '../../../../evidence/ledger/window.js';

const DAY_MS = 86_400_000;
const BASE = Date.UTC(2026, 9, 1);
const day = (days: number): Date => new Date(BASE + days * DAY_MS);
const span = (from: number, to: number): TimeRange => ({ start: day(from), end: day(to) });

const window = (range: TimeRange, changes: Partial<WindowRow> = {}): WindowRow => ({
  windowId: `${range.start.getTime()}`,
  connectionId: 'acme',
  stream: 'audit-events',
  kind: 'backfill',
  state: 'filling',
  epoch: 1,
  pages: 0,
  events: 0,
  newEvents: 0,
  restarts: 0,
  ...range,
  ...changes,
});

const nothing: HeldRanges = { held: [], unfinished: [], failed: [] };
const RUN = 'run-1';

describe('the windows that a backfill reads', () => {
  test.each<[string, TimeRange, Partial<HeldRanges>, TimeRange[]]>([
    ['a range in slices, oldest first', span(0, 2.5), {}, [span(0, 1), span(1, 2), span(2, 2.5)]],
    ['nothing of what is held', span(0, 3), { held: [span(-1, 4)] }, []],
    [
      'what is left around what is held',
      span(0, 4),
      { held: [span(1, 2.5)] },
      [span(0, 1), span(2.5, 3.5), span(3.5, 4)],
    ],
    [
      'windows that were left behind as they are, also where they reach out of the range',
      span(0, 2),
      { unfinished: [window(span(1.5, 2.5))] },
      [span(0, 1), span(1, 1.5), span(1.5, 2.5)],
    ],
    ['not those of another range', span(0, 1), { unfinished: [window(span(1, 2))] }, [span(0, 1)]],
    [
      'what a poll is reading, because polls may not come that far',
      span(0, 1),
      { unfinished: [window(span(0, 1), { kind: 'scheduled', state: 'open', pages: 3 })] },
      [span(0, 1)],
    ],
    [
      'not again what this run has given up, but what another one has',
      span(0, 2),
      {
        failed: [
          { ...span(0, 1), runId: RUN },
          { ...span(1, 2), runId: 'before' },
        ],
      },
      [span(1, 2)],
    ],
  ])('are %s', (_, range, coverage, wanted) => {
    const planned = planBackfill(range, { ...nothing, ...coverage }, RUN);
    expect(planned.map(({ start, end }) => ({ start, end }))).toEqual(wanted);
  });

  test('cover what is missing and nothing that is held, never two over the same moment, none longer than a slice', () => {
    const hours = fc.integer({ min: 0, max: 240 });
    const some = fc.array(
      fc.tuple(hours, fc.integer({ min: 1, max: 60 })).map(([from, lasts]) => span(from / 24, (from + lasts) / 24)),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(some, some, hours, fc.integer({ min: 1, max: 200 }), (held, left, from, lasts) => {
        const range = span(from / 24, (from + lasts) / 24);
        // As the ledger has them: no two over the same range, and nothing of them held.
        const unfinished = without(left, held).map((open) => window(open));
        const planned = planBackfill(range, { held: merged(held), unfinished, failed: [] }, RUN);
        expect(without(without([range], held), planned)).toEqual([]);
        expect(common(planned, held)).toEqual([]);
        for (const { start, end, left: open } of planned) {
          if (!open) expect(end.getTime() - start.getTime()).toBeLessThanOrEqual(WINDOW_RULES.sliceMs);
        }
        for (const [index, { start }] of planned.slice(1).entries()) {
          expect(start.getTime()).toBeGreaterThanOrEqual(planned[index]?.end.getTime() ?? NaN);
        }
      }),
    );
  });
});

test('what lies before the look-back is lost, but for what is held or is being read; what is recorded is not recorded again', () => {
  const coverage: HeldRanges = {
    held: [span(1, 2)],
    unfinished: [window(span(3, 4), { state: 'open', kind: 'scheduled', pages: 1 }), window(span(5, 6))],
    failed: [{ ...span(6, 7) }],
  };
  expect(lostFrom(span(0, 8), coverage, [span(6.5, 9)])).toEqual({
    lost: [span(0, 1), span(2, 3), span(4, 8)],
    toRecord: [span(0, 1), span(2, 3), span(4, 6.5)],
  });
});
