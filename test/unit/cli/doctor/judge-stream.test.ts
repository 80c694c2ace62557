import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../../cli/doctor/finding.js';
import { judgeStream, type StreamCase } from '../../../../cli/doctor/judge-stream.js';
import type { SeenSchedule } from '../../../../client/inspection.js';
import type { ConnectionRow, StreamPause } from '../../../../model/connection.js';
import type { InspectedStream } from '../../../../evidence/inspection.js';
import { HOUR_MS, hoursAgo, NOON, planOf, POLLS, ROW, seenSchedule } from '../../../support/cli/doctor-cases.js';

function judged(changes: Partial<StreamCase> = {}): Finding[] {
  const { row = ROW } = changes;
  return judgeStream({ row, plan: planOf(row), schedule: seenSchedule(), polls: POLLS, ...changes }, NOON);
}

const findingOf = (check: string, changes: Partial<StreamCase>): Finding | undefined =>
  judged(changes).find((finding) => finding.check === check);

const paused = (by: StreamPause['by']): ConnectionRow => ({
  ...ROW,
  pauses: { policies: [{ by, note: 'why', since: hoursAgo(1).toISOString() }] },
});

test('a stream on which all is well says when it was and will be polled', () => {
  expect(judged().map(({ subject, check, verdict, found }) => [subject, check, verdict, found])).toEqual([
    ['acme/policies', 'schedule', 'ok', 'every 24h, next 15:00 UTC'],
    ['acme/policies', 'polls', 'ok', 'last success yesterday 15:00 UTC'],
    ['acme/policies', 'window', 'ok', 'no window is open'],
  ]);
});

const described = (changes: Partial<NonNullable<SeenSchedule['details']>>): SeenSchedule => {
  const schedule = seenSchedule();
  if (!schedule.details) throw new Error('The schedule is not described.');
  return { ...schedule, details: { ...schedule.details, ...changes } };
};

describe('a schedule', () => {
  const RESUME = 'temporal-mimecast resume acme policies';
  const DELETE = `temporal schedule delete --schedule-id mimecast/acme/policies, then: ${RESUME}`;

  test.each<[string, StreamCase['schedule'], Finding['verdict'], string, string | undefined]>([
    ['is not there', 'missing', 'failure', 'there is no schedule', RESUME],
    ['was not described in time', 'unknown', 'skipped', 'Temporal did not describe the schedule in time', undefined],
    [
      'has another interval',
      seenSchedule({ intervals: [{ everyMs: HOUR_MS, offsetMs: 0 }] }),
      'failure',
      'not as configured: every 1h instead of 24h',
      DELETE,
    ],
    [
      'goes by a calendar',
      seenSchedule({ intervals: [] }),
      'failure',
      'not as configured: every no interval instead of 24h',
      DELETE,
    ],
    [
      'was moved within its interval',
      seenSchedule({ intervals: [{ everyMs: 24 * HOUR_MS, offsetMs: 1 }] }),
      'failure',
      'not as configured: at another time of its interval',
      DELETE,
    ],
    [
      'starts another workflow',
      seenSchedule({ workflowType: 'other' }),
      'failure',
      'not as configured: starts other instead of mimecastPollPolicies',
      DELETE,
    ],
    [
      'starts on another task queue',
      described({ taskQueue: 'other' }),
      'failure',
      'not as configured: on task queue "other" instead of "mimecast"',
      DELETE,
    ],
    ['may overlap', described({ overlap: 'ALLOW_ALL' }), 'failure', 'not as configured: overlap ALLOW_ALL', DELETE],
    ['is nobody knows whose', described({ memo: {} }), 'failure', 'not as configured: replaced by hand', RESUME],
    [
      'was made for other settings',
      described({ memo: { mimecastPlanDigest: 'other' } }),
      'failure',
      'not as configured: made for other settings',
      RESUME,
    ],
    [
      'was paused in Temporal',
      seenSchedule({ paused: true, note: 'freeze' }),
      'warning',
      'paused in Temporal: freeze',
      RESUME,
    ],
  ])('%s', (_, schedule, verdict, found, nextStep) => {
    expect(findingOf('schedule', { schedule: schedule ?? 'missing' })).toEqual({
      group: 'connections',
      check: 'schedule',
      subject: 'acme/policies',
      verdict,
      found,
      ...(nextStep !== undefined && { nextStep }),
    });
  });

  test('of which only the list is known is compared by that', () => {
    const { details, ...listed } = seenSchedule();
    expect(details).toBeDefined();
    expect(findingOf('schedule', { schedule: listed })?.verdict).toBe('ok');
    const moved = { ...listed, intervals: [{ everyMs: HOUR_MS, offsetMs: 0 }] };
    expect(findingOf('schedule', { schedule: moved })?.verdict).toBe('failure');
  });

  test.each<[string, ConnectionRow, boolean, Finding['verdict'], string | undefined]>([
    ['paused by the operator', paused('operator'), true, 'warning', RESUME],
    ['paused for refused keys, which the connection itself tells of', paused('refused-keys'), true, 'ok', undefined],
    [
      'running although the operator paused it',
      paused('operator'),
      false,
      'warning',
      'temporal-mimecast pause acme policies --note …',
    ],
    [
      'running although the keys are refused',
      paused('refused-keys'),
      false,
      'warning',
      'temporal-mimecast resume acme',
    ],
  ])('is %s', (_, row, isPaused, verdict, nextStep) => {
    const finding = findingOf('schedule', { row, schedule: seenSchedule({ paused: isPaused }) });
    expect([finding?.verdict, finding?.nextStep]).toEqual([verdict, nextStep]);
  });

  test('that is to be paused and not there comes back without lifting the pause', () => {
    const finding = findingOf('schedule', { row: paused('operator'), schedule: 'missing' });
    expect(finding?.nextStep).toBe('temporal-mimecast edit acme --every policies=24h');
  });
});

describe('the polls of a stream', () => {
  const failed = { finishedAt: hoursAgo(2), outcome: 'failed', error: 'Mimecast refused the keys (v3).' } as const;

  test.each<[string, Partial<InspectedStream>, Finding['verdict'], string]>([
    ['succeeded within two intervals', { succeededAt: hoursAgo(48) }, 'ok', 'last success'],
    ['did not', { succeededAt: hoursAgo(49) }, 'failure', 'longer ago than twice 24h'],
    [
      'failed last',
      { newest: failed },
      'warning',
      'the newest ended failed 10:00 UTC: Mimecast refused the keys (v3).',
    ],
    ['were partial', { newest: { ...failed, outcome: 'partial' } }, 'warning', 'the newest ended partial'],
    ['are behind', { newest: { finishedAt: hoursAgo(2), outcome: 'behind' } }, 'ok', 'last success'],
    ['were cut off by a disconnect', { newest: { finishedAt: hoursAgo(2), outcome: 'disconnected' } }, 'ok', 'last'],
  ])('%s', (_, changes, verdict, found) => {
    const finding = findingOf('polls', { polls: { ...POLLS, ...changes } });
    expect(finding?.verdict).toBe(verdict);
    expect(finding?.found).toContain(found);
    expect(finding?.nextStep).toBe(verdict === 'ok' ? undefined : 'temporal-mimecast poll acme policies');
  });

  test('have two intervals from when their schedule was made, whatever came before', () => {
    const old = { ...POLLS, succeededAt: hoursAgo(1000) };
    expect(findingOf('polls', { polls: old, schedule: described({ createdAt: hoursAgo(47) }) })?.verdict).toBe('ok');
    expect(findingOf('polls', { polls: old, schedule: described({ createdAt: hoursAgo(49) }) })?.verdict).toBe(
      'failure',
    );
  });

  test('are not due while the stream is paused, by whomever', () => {
    const polls = { ...POLLS, succeededAt: hoursAgo(1000) };
    const byHand = judged({ polls, schedule: seenSchedule({ paused: true }) });
    const byOperator = judged({ polls, row: paused('operator'), schedule: seenSchedule({ paused: true }) });
    expect([byHand, byOperator].map((findings) => findings.map(({ check }) => check))).toEqual([
      ['schedule'],
      ['schedule'],
    ]);
  });
});

test.each<[number, Finding['verdict']]>([
  [47, 'ok'],
  [49, 'warning'],
])('a window that has been open for %d hours', (hours, verdict) => {
  const openWindow = { start: hoursAgo(90), end: hoursAgo(66), openedAt: hoursAgo(hours), pages: 4, restarts: 2 };
  const finding = findingOf('window', { polls: { ...POLLS, openWindow } });
  expect(finding?.verdict).toBe(verdict);
  expect(finding?.found).toContain('with 4 pages, 2 restarts');
});

test('without Temporal the polls are judged all the same', () => {
  const checks = judgeStream({ row: ROW, plan: planOf(), polls: POLLS }, NOON).map(({ check }) => check);
  expect(checks).toEqual(['polls', 'window']);
});
