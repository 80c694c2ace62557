import { DAY_MS } from './time.js';
import type { Thresholds } from './connection.js';

/** The vendor's customers are told to rotate every 90 days; the reminder leaves two weeks for it. Source: the product specification. */
const DUE_DAYS = 75;
const OVERDUE_DAYS = 90;

/** When the rotation of keys is due and overdue. Both count from when the vendor issued them. */
export interface KeyDates {
  readonly dueAt: Date;
  readonly overdueAt: Date;
}

export function keyDates(issuedAt: Date, thresholds: Thresholds = {}): KeyDates {
  const { keysDueDays = DUE_DAYS, keysOverdueDays = OVERDUE_DAYS } = thresholds;
  const after = (days: number): Date => new Date(issuedAt.getTime() + days * DAY_MS);
  // A tenant that is held to less than the usual reminder is reminded no later than that.
  return { dueAt: after(Math.min(keysDueDays, keysOverdueDays)), overdueAt: after(keysOverdueDays) };
}

export function keyAge({ dueAt, overdueAt }: KeyDates, now: Date): KeyAge {
  if (now >= overdueAt) return 'overdue';
  return now >= dueAt ? 'due' : 'fresh';
}

/** The age of keys, by the connection's thresholds: `due` from 75 days and `overdue` from 90 unless they are set otherwise. */
export type KeyAge = 'fresh' | 'due' | 'overdue';
