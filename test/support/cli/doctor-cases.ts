import { planSchedules, type PlannedSchedule } from '../../../activities/schedules/schedule-plan.js';
import type { SeenSchedule } from '../../../client/inspection.js';
import type { ConnectionRow } from '../../../model/connection.js';
import type { InspectedKeys, InspectedStream } from '../../../evidence/inspection.js';
import { defaultSettings } from '../../../model/settings.js';

/** A healthy connection, for tables that change one thing. */

export const HOUR_MS = 3_600_000;
export const NOON = new Date('2026-11-23T12:00:00Z');
export const hoursAgo = (hours: number): Date => new Date(NOON.getTime() - hours * HOUR_MS);

export const ROW: ConnectionRow = {
  connectionId: 'acme',
  generation: 1,
  state: 'connected',
  settings: defaultSettings('https://eu-api.mimecast.com'),
  accountCode: 'CUK1A1',
  pauses: {},
  activeVersion: 3,
  createdAt: hoursAgo(1000),
  updatedAt: hoursAgo(1000),
};

export const KEYS: InspectedKeys = {
  connectionId: 'acme',
  version: 3,
  state: 'active',
  sealed: 'sealed',
  kid: 'ring-1',
  issuedAt: hoursAgo(24 * 10),
};

/** The schedule of the policies, every 24 h. */
export function planOf(row: ConnectionRow = ROW): PlannedSchedule {
  const plan = planSchedules(row, 'mimecast').find(({ stream }) => stream === 'policies');
  if (!plan) throw new Error('The policies are not planned.');
  return plan;
}

export function seenSchedule(changes: Partial<SeenSchedule> = {}): SeenSchedule {
  const { options, digest } = planOf();
  const [interval] = options.spec.intervals ?? [];
  return {
    paused: false,
    note: '',
    workflowType: 'mimecastPollPolicies',
    intervals: [{ everyMs: Number(interval?.every), offsetMs: Number(interval?.offset) }],
    nextPollAt: hoursAgo(-3),
    details: {
      taskQueue: 'mimecast',
      overlap: 'BUFFER_ONE',
      memo: { mimecastPlanDigest: digest },
      createdAt: hoursAgo(500),
    },
    ...changes,
  };
}

export const POLLS: InspectedStream = {
  connectionId: 'acme',
  stream: 'policies',
  newest: { finishedAt: hoursAgo(21), outcome: 'collected' },
  succeededAt: hoursAgo(21),
};
