import { describe, expect, test } from 'vitest';
import { gapReport, type GapReport } from '../../../../cli/exports/gap-report.js';
import { gapLines } from '../../../../cli/rendering/gaps.js';
import type { Connections } from '../../../../cli/reach/services.js';
import { coloursFor } from '../../../../cli/console/terminal.js';
import { MimecastClientError, type BackfillReport } from '../../../../client/index.js';
import type { ConnectionRow } from '../../../../model/connection.js';
import { runAgainst } from '../../../support/cli/run-against.js';

const plain = coloursFor({}, {});

const REPORT: BackfillReport = {
  connectionId: 'acme',
  workflowId: 'mimecast/acme/backfill',
  runId: 'run-1',
  joined: false,
  asked: { start: '2026-11-01T00:00:00.000Z', end: '2026-11-08T00:00:00.000Z' },
  range: { start: '2026-11-01T00:00:00.000Z', end: '2026-11-08T00:00:00.000Z' },
  outcome: 'complete',
  windows: { done: 7, failed: 0, total: 7 },
  pages: 70,
  events: 34_000,
  newEvents: 33_900,
  lost: [],
  notes: [],
};
const BACKFILL = ['backfill', 'acme', '--from', '2026-11-01', '--to', '2026-11-08'];

describe('backfill', () => {
  test('asks for the range, shows how far it has come, and says what came of it', async () => {
    const asked: unknown[] = [];
    const backfill: Connections['backfill'] = (connectionId, request, options) => {
      asked.push([connectionId, request]);
      const { windows, pages, events, newEvents } = { ...REPORT, windows: { done: 2, failed: 0, total: 7 } };
      const speed = { pagesPerSecond: 24, timeLeftMs: 7 * 60_000 };
      options?.onProgress?.({ connectionId, state: 'reading', windows, pages, events, newEvents, ...speed });
      return Promise.resolve(REPORT);
    };
    const { exitCode, stdout, stderr } = await runAgainst(BACKFILL, { backfill }, { isTTY: true });
    expect(exitCode).toBe(0);
    expect(asked).toEqual([['acme', { from: new Date('2026-11-01'), to: new Date('2026-11-08') }]]);
    expect(stderr).toContain('reading: 2 of 7 windows · 70 pages · 33900 new events · 24 pages/s · about 7 min left');
    expect(stdout).toBe(
      [
        'OUTCOME   WINDOWS  PAGES  EVENTS  NEW    RANGE',
        'complete  7 of 7   70     34000   33900  2026-11-01 00:00 to 2026-11-08 00:00 UTC\n',
      ].join('\n'),
    );
    expect(JSON.parse((await runAgainst([...BACKFILL, '--json'], { backfill })).stdout)).toEqual(REPORT);
  });

  test.each<[string, Partial<BackfillReport>, number, RegExp[]]>([
    ['all was held', { windows: { done: 0, failed: 0, total: 0 } }, 0, [/2026-11-08 00:00 UTC was held already/]],
    [
      'some is lost',
      { outcome: 'partial', notes: ['Not held and no longer to be had: …'] },
      1,
      [/no longer to be had/],
    ],
    [
      'a permission is missing',
      { outcome: 'forbidden', permission: 'Account | Logs | Read' },
      1,
      [/Grant "Account \| Logs/],
    ],
    [
      'it was cancelled',
      { outcome: 'cancelled' },
      1,
      [/go on {2}temporal-mimecast backfill acme --from 2026-11-01T00/],
    ],
    [
      'it is red',
      { outcome: 'failed', error: 'Mimecast refused the keys (v3).' },
      1,
      [/refused the keys \(v3\)/, /go on/],
    ],
  ])('its exit code says whether all is held: %s', async (_, changes, exitCode, told) => {
    const backfill = (): Promise<BackfillReport> => Promise.resolve({ ...REPORT, ...changes });
    const ran = await runAgainst(BACKFILL, { backfill });
    expect(ran.exitCode).toBe(exitCode);
    for (const text of told) expect(ran.stdout).toMatch(text);
  });

  test('Ctrl-C ends the waiting and says that the backfill goes on', async () => {
    const interruption = new AbortController();
    const backfill: Connections['backfill'] = (_id, _request, options) => {
      interruption.abort();
      return Promise.reject(options?.signal?.reason as Error);
    };
    const { exitCode, stderr } = await runAgainst(BACKFILL, { backfill }, { signal: interruption.signal });
    expect(exitCode).toBe(130);
    expect(stderr).toContain('No longer waiting. The backfill goes on.');
    expect(stderr).toContain('backfill acme --cancel');
  });

  test('one that is running over another range is named, with how to end it', async () => {
    const refusal = new MimecastClientError('backfill-running', 'A backfill of acme is already running.', 'Wait.');
    const ran = await runAgainst([...BACKFILL, '--json'], { backfill: () => Promise.reject(refusal) });
    expect(ran.exitCode).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({ error: { code: 'backfill-running' } });
  });

  test.each([true, false])('--cancel ends the one that runs, and says whether one did: %s', async (cancelled) => {
    const cancelBackfill = (): Promise<boolean> => Promise.resolve(cancelled);
    const ran = await runAgainst(['backfill', 'acme', '--cancel', '--json'], { cancelBackfill });
    expect(ran.exitCode).toBe(cancelled ? 0 : 1);
    expect(JSON.parse(ran.stdout)).toEqual({ connectionId: 'acme', cancelled });
  });

  test.each([
    ['no range', ['backfill', 'acme']],
    ['an end and no beginning', ['backfill', 'acme', '--to', '2026-11-08']],
    ['a range to cancel', ['backfill', 'acme', '--cancel', '--from', '2026-11-01']],
    ['what is no date', ['backfill', 'acme', '--from', 'yesterday']],
  ])('needs a range or --cancel: %s', async (_, argv) => {
    expect((await runAgainst(argv)).exitCode).toBe(2);
  });
});

describe('gaps', () => {
  const row: Pick<ConnectionRow, 'connectionId' | 'state'> = { connectionId: 'acme', state: 'connected' };
  const at = (iso: string): Date => new Date(iso);
  const missing = {
    lost: { start: at('2026-09-01T00:00:00Z'), end: at('2026-09-24T13:00:00Z'), cause: 'look-back', fillable: false },
    behind: { start: at('2026-11-20T00:00:00Z'), end: at('2026-11-23T05:55:00Z'), cause: 'behind', fillable: true },
  } as const;
  const reportOf = (
    gaps: readonly (typeof missing)[keyof typeof missing][],
    state: ConnectionRow['state'] = 'connected',
  ): GapReport =>
    gapReport({
      row: { ...row, state } as ConnectionRow,
      completeness: {
        from: at('2026-08-20T19:05:00Z'),
        due: at('2026-11-23T05:55:00Z'),
        watermark: at('2026-11-20T00:00:00Z'),
        gaps,
      },
      mismatches: [
        { windowId: '41', start: at('2026-10-01T00:00:00Z'), end: at('2026-10-02T00:00:00Z'), told: 812, read: 811 },
      ],
      lateEvents: { count: 3, largestLatenessHours: 30.5 },
      lateSince: at('2026-10-24T12:00:00Z'),
    });

  const NOTHING_FOUND = {
    row: row as ConnectionRow,
    mismatches: [],
    lateEvents: { count: 0 },
    lateSince: at('2026-10-24T12:00:00Z'),
  };

  test('each has its cause, and the command that fills it or records it', () => {
    expect(gapLines(reportOf([missing.lost, missing.behind]), plain)).toEqual([
      'acme: 2 ranges are missing, 1 lost for good',
      'owed  2026-08-20 19:05 to 2026-11-23 05:55 UTC, held until 2026-11-20 00:00',
      '',
      'FROM              TO                LASTS      CAN BE FILLED  CAUSE',
      '2026-09-01 00:00  2026-09-24 13:00  23 d 13 h  no             Mimecast no longer kept it when it was asked for',
      '2026-11-20 00:00  2026-11-23 05:55  3 d 5 h    yes            polls have not come that far yet',
      '',
      'fill    temporal-mimecast backfill acme --from 2026-11-20T00:00:00Z --to 2026-11-23T05:55:00Z',
      'record  temporal-mimecast annotate acme audit-evidence --reason "…"',
      '',
      'total Mimecast said 812 events for 2026-10-01 00:00 to 2026-10-02 00:00, its pages held 811 (window 41)',
      'late  3 events were found late since 2026-10-24 12:00, at most 30.5 h after it happened',
    ]);
  });

  test('none is said in one line, and so is that nothing is owed', () => {
    expect(gapLines(reportOf([]), plain)[0]).toBe('acme: nothing is missing');
    const unproved = gapReport({ ...NOTHING_FOUND, completeness: undefined });
    expect(gapLines(unproved, plain)).toEqual(['acme: nothing is owed yet: Mimecast has not accepted its keys.']);
  });

  test('of a disconnected connection are filled after it is connected again', () => {
    expect(reportOf([missing.behind], 'disconnected').missing[0]?.command).toBe(
      'temporal-mimecast connect acme --base-url …',
    );
  });
});
