import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BackfillBatchResult, BegunBackfill } from '../../../../contract/activities.js';
import {
  backfillDetails,
  backfillResultDetails,
  endedBackfillDetails,
} from '../../../../workflows/backfill/backfill-details.js';
import {
  requestedSpan,
  backfillResult,
  initialProgress,
  progressAfter,
} from '../../../../workflows/backfill/backfill-progress.js';

const INPUT = { connectionId: 'acme', from: '2026-09-01T00:00:00.000Z', to: '2026-11-23T12:00:00.000Z' };
const BEGUN: BegunBackfill = {
  generation: 1,
  disconnected: false,
  range: { start: '2026-09-24T13:00:00.000Z', end: '2026-11-23T11:55:00.000Z' },
  windows: 60,
  lost: [],
};
const BATCH: BackfillBatchResult = {
  state: 'more',
  windows: { done: 15, failed: 0, total: 60 },
  pages: 480,
  events: 240_000,
  newEvents: 239_000,
  head: { sequence: 9, hash: 'abcdef0123456789ffff' },
};

test('progress says how fast it went, and how long the rest takes when it goes on like that', () => {
  const progress = progressAfter(initialProgress(INPUT, BEGUN), BATCH, 20_000);
  expect(progress).toMatchObject({ state: 'reading', pagesPerSecond: 24, timeLeftMs: 60_000, range: BEGUN.range });
  expect(backfillDetails(progress)).toBe(
    [
      '**reading** · 15 of 60 windows · 480 pages · 240000 events · 239000 new',
      'Reads 2026-09-24 13:00 to 2026-11-23 11:55 UTC',
      '24 pages/s · about 1 min left',
    ].join('\n\n'),
  );
  expect(backfillDetails(initialProgress(INPUT, BEGUN))).toContain('**starting** · 0 of 60 windows');
});

test('the time that is left is never less than nothing, and nothing when all windows have ended', () => {
  const count = fc.integer({ min: 0, max: 60 });
  fc.assert(
    fc.property(count, count, count, fc.integer({ min: 0, max: 10 ** 9 }), (done, failed, left, elapsedMs) => {
      const batch = { ...BATCH, windows: { done, failed, total: done + failed + left } };
      const { timeLeftMs } = progressAfter(initialProgress(INPUT, BEGUN), batch, elapsedMs);
      if (done + failed === 0) expect(timeLeftMs).toBeUndefined();
      else expect(timeLeftMs).toBeGreaterThanOrEqual(0);
      if (left === 0 && done + failed > 0) expect(timeLeftMs).toBe(0);
    }),
  );
});

const lost = [{ start: INPUT.from, end: '2026-09-24T13:00:00.000Z' }];
test.each<[string, Partial<BegunBackfill>, Partial<BackfillBatchResult> | undefined, string, RegExp[]]>([
  ['all of it was read', {}, { state: 'complete' }, 'complete', []],
  ['all of it was held', { windows: 0 }, undefined, 'complete', []],
  ['part of it is lost', { lost }, { state: 'complete' }, 'partial', [/2026-09-01 00:00 to 2026-09-24 13:00/]],
  [
    'a window was given up',
    {},
    { state: 'complete', windows: { done: 59, failed: 1, total: 60 } },
    'partial',
    [/1 window was given up/],
  ],
  [
    'its end has not settled',
    { cutAt: '2026-11-23T11:55:00.000Z' },
    { state: 'complete' },
    'complete',
    [/not settled/],
  ],
  ['it was disconnected before', { disconnected: true }, undefined, 'disconnected', []],
  ['it was disconnected meanwhile', {}, { state: 'disconnected' }, 'disconnected', []],
  ['a permission is missing', { lost }, { state: 'forbidden' }, 'forbidden', [/no longer to be had/]],
])('its result says that %s', (_, begun, batch, outcome, notes) => {
  const result = backfillResult(INPUT, { ...BEGUN, ...begun }, batch && { ...BATCH, ...batch });
  expect(result).toMatchObject({
    outcome,
    asked: requestedSpan(INPUT),
    notes: notes.map((note) => expect.stringMatching(note) as unknown),
  });
  for (const note of result.notes) expect(backfillResultDetails(result)).toContain(note);
});

test('one that was ended or is red says what is safe and how to go on', () => {
  const progress = progressAfter(initialProgress(INPUT, BEGUN), BATCH, 20_000);
  const again = `temporal-mimecast backfill acme --from ${INPUT.from} --to ${INPUT.to}`;
  expect(endedBackfillDetails(progress, requestedSpan(INPUT))).toMatch(/^\*\*cancelled\*\*/);
  const failure = { type: 'MimecastTransportError', message: 'Mimecast did not answer in time.', cause: 'unreachable' };
  const red = endedBackfillDetails(progress, requestedSpan(INPUT), failure);
  expect(red).toMatch(/^\*\*unreachable\*\*: Mimecast did not answer in time\./);
  expect(red).toContain('480 pages · 240000 events · 239000 new are stored');
  expect(red).toContain(again);
});
