import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../../cli/doctor/finding.js';
import { judgeConnection, type ConnectionCase } from '../../../../cli/doctor/judge-connection.js';
import type { CheckpointState } from '../../../../evidence/proof/checkpoints.js';
import type { ConnectionRow, StreamPause } from '../../../../model/connection.js';
import { hoursAgo, KEYS, NOON, ROW } from '../../../support/cli/doctor-cases.js';

function judged(changes: Partial<ConnectionCase> = {}): Finding[] {
  return judgeConnection({ row: ROW, keys: [KEYS], workflow: { status: 'RUNNING' }, ...changes }, NOON);
}

const findingOf = (check: string, changes: Partial<ConnectionCase>): Finding | undefined =>
  judged(changes).find((finding) => finding.check === check);

const withRow = (changes: Partial<ConnectionRow>): Partial<ConnectionCase> => ({ row: { ...ROW, ...changes } });

const refusal: StreamPause = { by: 'refused-keys', note: 'keys v3 are rejected', since: hoursAgo(9).toISOString() };
const operators: StreamPause = { by: 'operator', note: 'migration', since: hoursAgo(30).toISOString() };

test('a connection on which all is well', () => {
  expect(judged().map(({ check, verdict, found }) => [check, verdict, found])).toEqual([
    ['state', 'ok', 'connected, account CUK1A1'],
    ['workflow', 'ok', 'its workflow is running'],
    ['key-age', 'ok', 'keys v3 issued 2026-11-13, 10 d old'],
  ]);
});

describe('the state of a connection', () => {
  test.each<[string, Partial<ConnectionRow>, Finding['verdict'], string, string | undefined]>([
    [
      'whose keys are refused',
      { state: 'refused', pauses: { account: [operators], policies: [refusal] } },
      'failure',
      'keys v3 refused since 03:00 UTC (keys v3 are rejected)',
      'temporal-mimecast rotate acme',
    ],
    [
      'whose keys nobody has judged',
      { state: 'refused' },
      'failure',
      'keys v3 are not proved yet',
      'temporal-mimecast resume acme',
    ],
    [
      'that is being disconnected',
      { state: 'disconnecting', updatedAt: NOON },
      'ok',
      'disconnecting since 12:00 UTC',
      undefined,
    ],
    [
      'whose disconnect does not end',
      { state: 'disconnecting', updatedAt: hoursAgo(1) },
      'warning',
      'disconnecting since 11:00 UTC',
      'temporal-mimecast disconnect acme',
    ],
  ])('%s', (_, changes, verdict, found, nextStep) => {
    const finding = findingOf('state', withRow(changes));
    expect([finding?.verdict, finding?.found, finding?.nextStep]).toEqual([verdict, found, nextStep]);
  });

  test('that is disconnected says nothing else: it needs neither workflow nor keys', () => {
    const found = judged({ ...withRow({ state: 'disconnected' }), keys: [], workflow: 'missing' });
    expect(found.map(({ check, verdict }) => [check, verdict])).toEqual([['state', 'ok']]);
  });
});

describe('the workflow of a connection', () => {
  const RESUME = 'temporal-mimecast resume acme';
  test.each<[string, ConnectionCase['workflow'], Finding['verdict'], string, string | undefined]>([
    ['was never there', 'missing', 'failure', 'its workflow is not there', RESUME],
    [
      'was terminated',
      { status: 'TERMINATED', closedAt: hoursAgo(1) },
      'failure',
      'its workflow is terminated since 11:00 UTC',
      RESUME,
    ],
    ['timed out', { status: 'TIMED_OUT' }, 'failure', 'its workflow is timed out', RESUME],
    ['is tried once more', { status: 'RUNNING', attempts: 2 }, 'ok', 'its workflow is running', undefined],
    [
      'cannot go on',
      { status: 'RUNNING', attempts: 8 },
      'failure',
      'its workflow is running, but its next step has failed 7 times',
      'temporal workflow reset --workflow-id mimecast/acme --type LastWorkflowTask --reapply-exclude Signal --reason "its task failed"',
    ],
    ['was not described in time', 'unknown', 'skipped', 'Temporal did not describe the workflow in time', undefined],
  ])('%s', (_, workflow, verdict, found, nextStep) => {
    const finding = findingOf('workflow', { workflow: workflow ?? 'missing' });
    expect([finding?.verdict, finding?.found, finding?.nextStep]).toEqual([verdict, found, nextStep]);
  });

  test('comes back through a stream that the operator has not paused, so that no pause is lifted', () => {
    const row = { ...ROW, pauses: { 'audit-events': [operators] } };
    expect(findingOf('workflow', { row, workflow: 'missing' })?.nextStep).toBe(
      'temporal-mimecast resume acme policies',
    );
  });
});

test.each<[string, number, object, Finding['verdict'], string]>([
  ['fresh', 74, {}, 'ok', '74 d old'],
  ['due', 75, {}, 'warning', 'rotation is due, and overdue on 2026-12-08'],
  ['overdue', 90, {}, 'warning', 'rotation is OVERDUE since 2026-11-23'],
  ['overdue by a threshold of its own', 31, { thresholds: { keysOverdueDays: 30 } }, 'warning', 'OVERDUE'],
])('keys that are %s', (_, days, settings, verdict, found) => {
  const row = { ...ROW, settings: { ...ROW.settings, ...settings } };
  const finding = findingOf('key-age', { row, keys: [{ ...KEYS, issuedAt: hoursAgo(24 * days) }] });
  expect(finding?.verdict).toBe(verdict);
  expect(finding?.found).toContain(found);
});

test('the age is of the keys in use, or of the newest when none is', () => {
  const pending = { ...KEYS, version: 4, state: 'pending', issuedAt: NOON } as const;
  expect(findingOf('key-age', { keys: [KEYS, pending] })?.found).toContain('keys v3');
  const { activeVersion, ...unproved } = ROW;
  expect(activeVersion).toBe(KEYS.version);
  expect(findingOf('key-age', { row: unproved, keys: [pending] })?.found).toContain('keys v4');
});

test.each<[string, Partial<CheckpointState>, Finding['verdict'], string]>([
  ['were made lately', { made: madeHoursAgo(30) }, 'ok', 'the newest is of'],
  ['are no longer made', { made: madeHoursAgo(49) }, 'warning', 'checkpoints are no longer made'],
  ['are dated in the future', { made: madeHoursAgo(-1) }, 'warning', 'dated in the future: the newest is of'],
  [
    'could not be delivered',
    { made: madeHoursAgo(30), failure: 'The disk is full.' },
    'warning',
    'no checkpoint was delivered: The disk is full. The newest is of',
  ],
  ['never could be', { failure: 'The disk is full.' }, 'warning', 'The disk is full. There is none yet'],
])('checkpoints that %s', (_, state, verdict, found) => {
  const finding = findingOf('checkpoint', { checkpoint: { connectionId: 'acme', triedAt: NOON, ...state } });
  expect(finding?.verdict).toBe(verdict);
  expect(finding?.found).toContain(found);
  expect(findingOf('checkpoint', {})).toBeUndefined();
});

function madeHoursAgo(hours: number): NonNullable<CheckpointState['made']> {
  return { at: hoursAgo(hours), ageMs: hours * 3_600_000, sequence: 12, kid: 'k' };
}
