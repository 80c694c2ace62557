import { ScheduleOverlapPolicy } from '@temporalio/client';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  planSchedules,
  scheduleOffsetMs,
  type PlannedSchedule,
} from '../../../../activities/schedules/schedule-plan.js';
import type { ConnectionRow } from '../../../../model/connection.js';
import { defaultSettings } from '../../../../model/settings.js';

const HOUR = 3_600_000;
const settings = defaultSettings('https://eu-api.mimecast.com');

const row = (change: Partial<ConnectionRow> = {}): ConnectionRow => ({
  connectionId: 'acme',
  generation: 1,
  state: 'connected',
  settings,
  pauses: {},
  createdAt: new Date('2026-11-01T00:00:00Z'),
  updatedAt: new Date('2026-11-01T00:00:00Z'),
  ...change,
});

const planOf = (change: Partial<ConnectionRow> = {}, taskQueue = 'mimecast'): PlannedSchedule | undefined =>
  planSchedules(row(change), taskQueue).find(({ stream }) => stream === 'policies');

describe('when within its interval a stream is polled', () => {
  const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/);
  const interval = fc.integer({ min: 1_000, max: 30 * 24 * HOUR });

  test('is always the same, in whole seconds, within the interval', () => {
    fc.assert(
      fc.property(id, interval, (connectionId, everyMs) => {
        const offset = scheduleOffsetMs(connectionId, 'policies', everyMs);
        expect(scheduleOffsetMs(connectionId, 'policies', everyMs)).toBe(offset);
        expect(offset % 1000).toBe(0);
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(offset).toBeLessThan(everyMs);
      }),
    );
  });

  test('stays what it was in earlier releases', () => {
    expect([scheduleOffsetMs('acme', 'policies', 24 * HOUR), scheduleOffsetMs('acme', 'account', 24 * HOUR)]).toEqual([
      52_222_000, 62_978_000,
    ]);
  });

  test('is spread evenly over many connections', () => {
    const counts = Array<number>(24).fill(0);
    for (let index = 0; index < 24_000; index += 1) {
      const hour = Math.floor(scheduleOffsetMs(`tenant-${index}`, 'policies', 24 * HOUR) / HOUR);
      counts[hour] = (counts[hour] ?? 0) + 1;
    }
    // 1000 in each hour; five standard deviations of a binomial distribution are 155.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(155);
  });
});

describe('which schedules a connection has', () => {
  test('one for each stream that is enabled', () => {
    const streams = { ...settings.streams, account: { enabled: false, everyMs: HOUR } };
    const planned = planSchedules(row({ settings: { ...settings, streams } }), 'mimecast');
    expect(planned.map(({ scheduleId }) => scheduleId)).toEqual([
      'mimecast/acme/audit-events',
      'mimecast/acme/policies',
      'mimecast/acme/archive-settings',
      'mimecast/acme/threat-statistics',
    ]);
  });

  test.each(['disconnecting', 'disconnected'] as const)('none while it is %s', (state) => {
    expect(planSchedules(row({ state }), 'mimecast')).toEqual([]);
  });

  test('keys that are refused pause them, and the first reason is told', () => {
    const pause = { by: 'operator', note: 'maintenance', since: '2026-11-23T00:00:00Z' } as const;
    const planned = planSchedules(row({ state: 'refused', pauses: { policies: [pause] } }), 'mimecast');
    expect(planned.find(({ stream }) => stream === 'policies')?.pause).toEqual(pause);
    expect(planned.filter((plan) => plan.pause)).toHaveLength(1);
  });

  test('one poll at a time, one missed tick made up for, every tenant its turn', () => {
    expect(planOf()?.options).toMatchObject({
      policies: { overlap: ScheduleOverlapPolicy.BUFFER_ONE, catchupWindow: 24 * HOUR },
      action: { workflowType: 'mimecastPollPolicies', priority: { priorityKey: 3, fairnessKey: 'acme' } },
    });
  });
});

describe('the digest by which a schedule is recognised', () => {
  const streams = (everyMs: number): Partial<ConnectionRow> => ({
    settings: { ...settings, streams: { policies: { enabled: true, everyMs } } },
  });

  test.each<[string, PlannedSchedule | undefined]>([
    ['another connection', planOf({ connectionId: 'other' })],
    ['another interval', planOf(streams(HOUR))],
    ['another task queue', planOf({}, 'other')],
    ['another generation', planOf({ generation: 2 })],
  ])('changes with %s', (_, plan) => {
    expect(plan?.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(plan?.digest).not.toBe(planOf()?.digest);
  });

  const anotherUrl = { ...settings, baseUrl: 'https://us-api.mimecast.com' };
  const pause = { by: 'operator', note: 'maintenance', since: '2026-11-23T00:00:00Z' } as const;
  test.each<[string, Partial<ConnectionRow>]>([
    ['time', { updatedAt: new Date() }],
    ['a pause', { pauses: { policies: [pause] } }],
    ['another base URL', { settings: anotherUrl }],
    ['the state of its keys', { state: 'refused', activeVersion: 2 }],
    ['other streams', streams(24 * HOUR)],
  ])('does not change with %s', (_, change) => {
    expect(planOf(change)?.digest).toBe(planOf()?.digest);
  });
});
