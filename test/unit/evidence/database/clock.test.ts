import { afterEach, expect, test, vi } from 'vitest';
import { clockFrom } from '../../../../evidence/database/clock.js';

afterEach(() => {
  vi.useRealTimers();
});

test('the clock advances by monotonic time, whatever becomes of the wall clock', () => {
  vi.useFakeTimers({ now: new Date('2031-01-01T00:00:00Z'), toFake: ['Date', 'performance', 'setTimeout'] });
  const now = clockFrom(new Date('2026-11-28T12:00:00Z'));
  expect(now()).toEqual(new Date('2026-11-28T12:00:00Z'));
  vi.advanceTimersByTime(90_000);
  vi.setSystemTime(new Date('1999-01-01T00:00:00Z'));
  expect(now()).toEqual(new Date('2026-11-28T12:01:30Z'));
});
