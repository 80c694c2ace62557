import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ConnectionMemory } from '../../../workflows/connection/connection-memory.js';

const NOW = new Date('2026-11-28T12:00:00Z');
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

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
