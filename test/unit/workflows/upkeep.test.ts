import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ConnectionMemory } from '../../../workflows/connection/connection-memory.js';

const NOW = new Date('2026-11-28T12:00:00Z');
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SUMMARY = { pass: 1, fail: 0, unknown: 0, notApplicable: 0 };

/** Replaces the calls with which the connection shows its details in Temporal. */
vi.mock('@temporalio/workflow', async (original) => ({
  ...(await original<object>()),
  setCurrentDetails: () => undefined,
  upsertSearchAttributes: () => undefined,
}));

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

/** When a connection evaluates its controls and does its maintenance, from now. */
function upkeepOf(
  connectionId: string,
  spread: boolean,
): { readonly evaluateInMs: number; readonly maintainInMs: number } {
  const memory = new ConnectionMemory({ connectionId });
  memory.beginUpkeep({ spread });
  const { evaluate, keepHouseAt } = memory.carry().agenda ?? {};
  const inMs = (at = ''): number => Date.parse(at) - NOW.getTime();
  return { evaluateInMs: inMs(evaluate?.at), maintainInMs: inMs(keepHouseAt) };
}

describe('connections that are restarted together', () => {
  const upkeepOfAll = () => Array.from({ length: 1_000 }, (_, index) => upkeepOf(`tenant-${index}`, true));

  test('evaluate their controls one after the other, all within a quarter of an hour', () => {
    const minutes = Array<number>(15).fill(0);
    for (const { evaluateInMs } of upkeepOfAll()) {
      const minute = Math.floor(evaluateInMs / MINUTE_MS);
      minutes[minute] = (minutes[minute] ?? 0) + 1;
    }
    // 67 in each minute; five standard deviations of a binomial distribution are 40.
    expect(minutes).toHaveLength(15);
    for (const count of minutes) expect(Math.abs(count - 67)).toBeLessThan(40);
  });

  test('do their maintenance one after the other, all within a day', () => {
    const hours = new Set(upkeepOfAll().map(({ maintainInMs }) => Math.floor(maintainInMs / HOUR_MS)));
    expect([...hours].sort((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, hour) => hour));
  });
});

test('a new connection evaluates its controls at once', () => {
  expect(upkeepOf('acme', false)).toEqual({ evaluateInMs: 0, maintainInMs: 24 * HOUR_MS });
});

test('a run that continues another keeps its agenda', () => {
  const agenda = {
    evaluate: { at: '2026-11-28T13:00:00.000Z', cause: 'timer' },
    keepHouseAt: '2026-11-29T01:00:00.000Z',
  } as const;
  const memory = new ConnectionMemory({
    connectionId: 'acme',
    status: { connectionId: 'acme', state: 'connected' },
    agenda,
  });
  memory.beginUpkeep({ spread: false });
  expect(memory.carry()).toMatchObject({ agenda, mustReconcile: false });
});

test('a run that starts from the row has to reconcile the schedules, until it has', () => {
  const memory = new ConnectionMemory({ connectionId: 'acme' });
  expect(memory.carry()).toMatchObject({ mustReconcile: true });
  expect(new ConnectionMemory(memory.carry()).mustReconcile).toBe(true);
  memory.mustReconcile = false;
  expect(new ConnectionMemory(memory.carry()).mustReconcile).toBe(false);
});

describe('an evaluation that was due and changed no verdict', () => {
  const posture = { at: NOW.toISOString(), worst: 'pass', summary: SUMMARY, failing: [] } as const;

  /** In how many milliseconds each of a row of such evaluations is followed by the next. */
  function waits(count: number, turnsInMs: number): number[] {
    const memory = new ConnectionMemory({ connectionId: 'acme' });
    return Array.from({ length: count }, () => {
      memory.takePosture({ ...posture, turnsInMs });
      memory.planEvaluation({ idle: true });
      return Date.parse(memory.carry().agenda?.evaluate?.at ?? '') - NOW.getTime();
    });
  }

  test('is followed by the next after a minute at the earliest, doubled each time, up to an hour', () => {
    const memory = new ConnectionMemory({ connectionId: 'acme' });
    const minutes = Array.from({ length: 9 }, () => {
      memory.learn({ connectionId: 'acme', state: 'connected', posture: { ...posture, turnsInMs: -1 } });
      memory.planEvaluation({ idle: true });
      const { evaluate } = memory.carry().agenda ?? {};
      return Math.floor((Date.parse(evaluate?.at ?? '') - NOW.getTime()) / MINUTE_MS);
    });
    expect(minutes).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  test('is followed by the next when a verdict turns, when that is later', () => {
    expect(waits(3, 5 * HOUR_MS)).toEqual([5 * HOUR_MS + 1000, 5 * HOUR_MS + 1000, 5 * HOUR_MS + 1000]);
  });

  test('counts from the duration that the sender measured, not from its moment', () => {
    const memory = new ConnectionMemory({ connectionId: 'acme' });
    memory.takePosture({ ...posture, turnsAt: '2030-01-01T00:00:00.000Z', turnsInMs: 2 * HOUR_MS });
    expect(memory.carry().agenda?.evaluate?.at).toBe(new Date(NOW.getTime() + 2 * HOUR_MS + 1000).toISOString());
    expect(memory.status.posture).not.toHaveProperty('turnsInMs');
  });
});

test('of two records of verdicts the one with the later place in the log counts, whatever their times', () => {
  const memory = new ConnectionMemory({ connectionId: 'acme' });
  const posture = { worst: 'pass', summary: SUMMARY, failing: [] } as const;
  memory.takePosture({ ...posture, at: '2099-01-01T00:00:00.000Z', sequence: 7 });
  memory.takePosture({ ...posture, at: NOW.toISOString(), sequence: 8 });
  expect(memory.status.posture).toMatchObject({ sequence: 8, at: NOW.toISOString() });
  memory.takePosture({ ...posture, at: NOW.toISOString(), sequence: 6 });
  expect(memory.status.posture).toMatchObject({ sequence: 8 });
});
