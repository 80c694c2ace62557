export { formatDuration, parseDuration } from '../../client/durations.js';

const DAY_MS = 86_400_000;

/** Formats a time in UTC: `21:04` today, `yesterday 21:04`, `tomorrow 02:11`, otherwise with its date. */
export function formatMoment(moment: Date, now: Date): string {
  const iso = moment.toISOString();
  const time = iso.slice(11, 16);
  const days = utcDay(moment) - utcDay(now);
  if (days === 0) return time;
  if (days === -1) return `yesterday ${time}`;
  if (days === 1) return `tomorrow ${time}`;
  return `${iso.slice(0, 10)} ${time}`;
}

/** Formats a time for a table, in UTC: `2026-11-23 02:10`. */
export const minuteOf = (iso: string): string => iso.slice(0, 16).replace('T', ' ');

const utcDay = (moment: Date): number => Math.floor(moment.getTime() / DAY_MS);
