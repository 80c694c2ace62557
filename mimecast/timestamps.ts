import { MINUTE_MS } from '../model/time.js';

const TIMESTAMP = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):?(\d\d))$/;

/**
 * Parses a timestamp of Mimecast: `2026-01-05T09:00:07+0000`, and the forms of other API versions (`Z`, `+00:00`,
 * fractions of a second, truncated to milliseconds).
 *
 * Parsed by hand because every event of a page passes here, and `Date.parse` takes several times as long.
 *
 * @returns undefined when the text is not a timestamp, or names a day or time that does not exist, or a moment outside the
 *   years 1 to 9999
 */
export function parseTimestamp(text: string): Date | undefined {
  const parts = TIMESTAMP.exec(text);
  if (parts === null) return undefined;

  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHour = 0, offsetMinute = 0] = parts;
  const [h, min, s, oh, omin] = [
    Number(hour),
    Number(minute),
    Number(second),
    Number(offsetHour),
    Number(offsetMinute),
  ];
  if (h > 23 || min > 59 || s > 59 || oh > 23 || omin > 59) return undefined;

  const ms = Number(fraction.padEnd(3, '0').slice(0, 3));
  const wallClock = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day), h, min, s, ms));
  // Date.UTC reads years before 100 as those of the twentieth century.
  if (Number(year) < 100) wallClock.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  // Date.UTC moves a day beyond the end of its month into the next month.
  if (wallClock.getUTCDate() !== Number(day) || wallClock.getUTCMonth() !== Number(month) - 1) return undefined;

  const offsetMs = (oh * 60 + omin) * MINUTE_MS * (sign === '-' ? -1 : 1);
  const moment = offsetMs === 0 ? wallClock : new Date(wallClock.getTime() - offsetMs);
  return moment >= FIRST_MOMENT && moment <= LAST_MOMENT ? moment : undefined;
}

/** Years of four digits without year 0, which Postgres does not have. */
const FIRST_MOMENT = new Date('0001-01-01T00:00:00Z');
const LAST_MOMENT = new Date('9999-12-31T23:59:59.999Z');

/** Formats a time for a request: `2026-01-05T09:00:07+0000`, without a colon in the offset and without a fraction. */
export function formatTimestamp(date: Date): string {
  return `${date.toISOString().slice(0, 19)}+0000`;
}
