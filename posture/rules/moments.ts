export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** Look-back into logs, in days. */
export const LOOK_BACK_DAYS = 7;

export const after = (moment: Date, ms: number): Date => new Date(moment.getTime() + ms);

/** Returns the earliest future time. */
export function nextOf(moments: readonly (Date | undefined)[], now: Date): Date | undefined {
  const coming = moments.filter((moment) => moment !== undefined && moment > now).map(Number);
  return coming.length === 0 ? undefined : new Date(Math.min(...coming));
}

/** Returns the earliest time, past or future. */
export function earliest(moments: readonly (Date | undefined)[]): Date | undefined {
  const present = moments.filter((moment) => moment !== undefined).map(Number);
  return present.length === 0 ? undefined : new Date(Math.min(...present));
}

/** Formats a day in UTC: `2026-11-23`. */
export const dayOf = (moment: Date): string => moment.toISOString().slice(0, 10);

/** Formats a time to the minute in UTC: `2026-11-23 02:10 UTC`. */
export const minuteOf = (moment: Date): string => `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
