import { DAY_MS, minuteOf } from '../../model/time.js';

export { formatDuration, parseDuration } from '../../model/durations.js';

/** Formats a time in UTC: `21:04` today, `yesterday 21:04`, `tomorrow 02:11`, otherwise with its date. */
export function formatMoment(moment: Date, now: Date): string {
  const minute = minuteOf(moment);
  const time = minute.slice(11);
  const days = utcDay(moment) - utcDay(now);
  if (days === 0) return time;
  if (days === -1) return `yesterday ${time}`;
  if (days === 1) return `tomorrow ${time}`;
  return minute;
}

const utcDay = (moment: Date): number => Math.floor(moment.getTime() / DAY_MS);
