import type { ApiV1Credentials } from '../mimecast/credentials.js';
import type { TimeRange } from '../mimecast/audit-windows.js';
import { believableTenant, type BelievableTenantOptions } from '../sandbox/simulator/fixtures/believable-tenant.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../model/time.js';

/** Rows per page: Mimecast's maximum, and the default of connections. About 207 KB a page. */
export const PAGE_SIZE = 500;

/** Workload of both sides: all pages of one tenant's log in one window. */
export interface Workload {
  readonly pages: number;
  readonly events: number;
  readonly window: TimeRange;
  readonly tenant: BelievableTenantOptions;
}

/**
 * Creates a workload of one window. The window is one slice of 24 hours and ends after the benchmark, so that a poll
 * that has read it opens no other. Nothing is logged meanwhile, so every reading finds the same pages.
 *
 * @param seed determines the tenant
 */
export function workloadOf(seed: number, pages: number, startedAt: Date): Workload {
  const nowMs = Math.floor(startedAt.getTime() / 1000) * 1000;
  const events = pages * PAGE_SIZE;
  return {
    pages,
    events,
    window: { start: new Date(nowMs - 12 * HOUR_MS), end: new Date(nowMs + 12 * HOUR_MS) },
    tenant: { seed, events, from: new Date(nowMs - 11 * HOUR_MS), to: new Date(nowMs - 10 * MINUTE_MS) },
  };
}

/** Number of windows of one day in a backfill's workload: twice as many as it reads at a time. */
const DAYS = 16;

/**
 * Creates a workload of days that were never polled, with evenly spread events. The number of pages is known only after
 * reading, because the last page of each day is not full.
 */
export function daysOf(seed: number, pages: number, startedAt: Date): Workload {
  const nowMs = Math.floor(startedAt.getTime() / 1000) * 1000;
  const [start, end] = [new Date(nowMs - (DAYS + 1) * DAY_MS), new Date(nowMs - DAY_MS)];
  const events = pages * PAGE_SIZE;
  return { pages, events, window: { start, end }, tenant: { seed, events, from: start, to: end } };
}

/** Returns the tenant's keys; the simulator generates the same ones from the same description. */
export function keysOf({ tenant }: Workload): ApiV1Credentials {
  return believableTenant(tenant).keys;
}
