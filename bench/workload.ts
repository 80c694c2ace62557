import type { ApiV1Credentials } from '../mimecast/credentials.js';
import type { TimeRange } from '../mimecast/audit-windows.js';
import { believableTenant, type BelievableTenantOptions } from '../sandbox/simulator/fixtures/believable-tenant.js';

/** The most that Mimecast gives, and what connections ask for. About 207 KB a page. */
export const PAGE_SIZE = 500;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What both sides read: all pages of one tenant's log in one window. */
export interface Workload {
  readonly pages: number;
  readonly events: number;
  readonly window: TimeRange;
  readonly tenant: BelievableTenantOptions;
}

/**
 * The window is one slice, 24 hours, and ends after the benchmark does: a poll that has read it has read up to its own
 * end and opens no other. Nothing is logged while it runs, so every reading of the window finds the same pages.
 *
 * @param seed another one makes another tenant
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

/** Windows of a day in the workload of a backfill: twice as many as it reads at once. */
const DAYS = 16;

/**
 * Days that nobody has polled, with their events spread over them as a tenant has them. How many pages that makes in windows
 * of a day, each with a last page that is not full, only reading them tells.
 */
export function daysOf(seed: number, pages: number, startedAt: Date): Workload {
  const nowMs = Math.floor(startedAt.getTime() / 1000) * 1000;
  const [start, end] = [new Date(nowMs - (DAYS + 1) * DAY_MS), new Date(nowMs - DAY_MS)];
  const events = pages * PAGE_SIZE;
  return { pages, events, window: { start, end }, tenant: { seed, events, from: start, to: end } };
}

/** The tenant's keys; the simulator makes the same ones from the same description. */
export function keysOf({ tenant }: Workload): ApiV1Credentials {
  return believableTenant(tenant).keys;
}
