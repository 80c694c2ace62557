import { describe, expect, test } from 'vitest';
import { gatherReport, type ReportSources } from '../../../../reports/html/gather.js';
import { renderReport } from '../../../../reports/html/page.js';
import type { StoredEvaluation } from '../../../../model/verdicts.js';
import { evaluationWith, PRODUCT } from '../../../support/reports/believable-record.js';
import { reportInput } from '../../../support/reports/believable-report.js';
import { readerOf } from '../../../support/posture/traced.js';

const RECORDS = [
  evaluationWith('2026-09-01T00:00:00.000Z', 1, { 'archiving-on': 'fail' }),
  evaluationWith('2026-11-01T00:00:00.000Z', 2, { 'archiving-on': 'fail' }),
  evaluationWith('2026-11-10T00:00:00.000Z', 3, { 'archiving-on': 'pass' }),
  evaluationWith('2026-11-20T00:00:00.000Z', 4, { 'archiving-on': 'unknown' }),
];
const { connection } = reportInput();
const REQUEST = { connection, product: PRODUCT, names: false };

function sourcesOf(records: readonly StoredEvaluation[], more: Partial<ReportSources> = {}): ReportSources {
  return {
    evaluations: readerOf(records),
    log: {
      link: (_, sequence) => Promise.resolve({ sequence, hash: 'a'.repeat(64) }),
      async *entries() {
        yield* await Promise.resolve([]);
      },
    },
    observations: {
      cited: (_, digests) =>
        Promise.resolve(digests.map((digest) => ({ endpoint: 'account', digest, observedAt: new Date(0) }))),
    },
    ...more,
  };
}

const spansOf = async (moments: Partial<Parameters<typeof gatherReport>[1]>) => {
  const { states, period, evaluation } = await gatherReport(sourcesOf(RECORDS), { ...REQUEST, ...moments });
  const spans = states
    .find(({ id }) => id === 'archiving-on')
    ?.spans.map(({ verdict, from, to }) => `${verdict} ${from.slice(0, 10)} ${to.slice(0, 10)}`);
  return { spans, period: `${period.from.slice(0, 10)} ${period.to.slice(0, 10)}`, record: evaluation?.sequence };
};

describe('the period and the record', () => {
  test('are the latest record and the 30 days before it, whatever the clock says', async () => {
    expect(await spansOf({})).toEqual({
      record: 4,
      period: '2026-10-21 2026-11-20',
      spans: ['fail 2026-10-21 2026-11-10', 'pass 2026-11-10 2026-11-20', 'unknown 2026-11-20 2026-11-20'],
    });
  });

  test('a moment chooses the record that stood then', async () => {
    expect(await spansOf({ at: new Date('2026-11-15') })).toMatchObject({ record: 3, period: '2026-10-11 2026-11-10' });
  });

  test('the end of a period chooses the last record in it, and nobody has said what came after that', async () => {
    expect(await spansOf({ from: new Date('2026-10-01'), to: new Date('2026-11-20') })).toEqual({
      record: 3,
      period: '2026-10-01 2026-11-20',
      spans: ['fail 2026-10-01 2026-11-10', 'pass 2026-11-10 2026-11-10'],
    });
  });

  test('before the first record nothing was evaluated', async () => {
    const { spans } = await spansOf({ from: new Date('2026-08-01') });
    expect(spans?.[0]).toBe('fail 2026-09-01 2026-11-10');
  });
});

test('without any record it still renders, and the same each time', async () => {
  const page = async () => renderReport(await gatherReport(sourcesOf([]), REQUEST));
  expect(await page()).toBe(await page());
  expect(await page()).toContain('Nothing had been evaluated');
});

test('what can be looked at is, at the moment of the record and over the period', async () => {
  const asked: unknown[] = [];
  const input = await gatherReport(
    sourcesOf(RECORDS, {
      completeness: (_, at) => {
        asked.push(at);
        return Promise.resolve(undefined);
      },
      drift: (_, period) => {
        asked.push(period);
        return Promise.resolve([]);
      },
    }),
    REQUEST,
  );
  expect(input).toMatchObject({ completeness: 'nothing-owed', drift: [] });
  expect(input.statistics).toBeUndefined();
  const at = new Date('2026-11-20');
  expect(asked).toEqual([at, { from: new Date('2026-10-21'), to: at }]);
});

test('of each body the answer is named that brought it', async () => {
  const { provenance, link } = await gatherReport(sourcesOf(RECORDS), REQUEST);
  const digests = RECORDS[3]?.controls.flatMap(({ evidence }) => evidence);
  expect(provenance.map(({ digest }) => digest)).toEqual([...new Set(digests)].sort());
  expect(link?.sequence).toBe(4);
});
