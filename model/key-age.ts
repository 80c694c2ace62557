import { defaultsOf, type Thresholds } from './settings.js';
import { SETTINGS } from './settings-table.js';
import { DAY_MS } from './time.js';

const { keysDueDays: due, keysOverdueDays: overdue } = SETTINGS.thresholds.fields;
const DEFAULTS = defaultsOf({ keysDueDays: due, keysOverdueDays: overdue });

/** When the rotation of keys is due and overdue. Both count from when the vendor issued the keys. */
export interface KeyDates {
  readonly dueAt: Date;
  readonly overdueAt: Date;
}

export function keyDates(issuedAt: Date, thresholds: Thresholds = {}): KeyDates {
  const { keysDueDays, keysOverdueDays } = { ...DEFAULTS, ...thresholds };
  const after = (days: number): Date => new Date(issuedAt.getTime() + days * DAY_MS);
  // Where keys are overdue earlier than the reminder is due, both are due then.
  return { dueAt: after(Math.min(keysDueDays, keysOverdueDays)), overdueAt: after(keysOverdueDays) };
}

export function keyAge({ dueAt, overdueAt }: KeyDates, now: Date): KeyAge {
  if (now >= overdueAt) return 'overdue';
  return now >= dueAt ? 'due' : 'fresh';
}

/** State of keys under the rotation policy: not yet due, due for rotation, or past it. */
export type KeyAge = 'fresh' | 'due' | 'overdue';
