/** Durations in milliseconds, and times in UTC as people read them. */

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const isoOf = (at: Date | string): string => (typeof at === 'string' ? at : at.toISOString());

/** `2026-11-28`. @param at a moment, or its ISO text in UTC */
export const dayOf = (at: Date | string): string => isoOf(at).slice(0, 10);

/** `2026-11-28 06:30`. @param at a moment, or its ISO text in UTC */
export const minuteOf = (at: Date | string): string => isoOf(at).slice(0, 16).replace('T', ' ');

/** `2026-11-28 06:30 to 2026-11-28 12:30 UTC`. */
export const spanText = ({ start, end }: { readonly start: Date | string; readonly end: Date | string }): string =>
  `${minuteOf(start)} to ${minuteOf(end)} UTC`;

/** Each unit with how many of it make the next. */
const UNITS = [
  ['d', DAY_MS, Infinity],
  ['h', HOUR_MS, 24],
  ['min', MINUTE_MS, 60],
  ['s', SECOND_MS, 60],
] as const;

/** A duration in its two largest units, rounded down: `12 d 4 h`, `3 h`, `35 s`. */
export function durationText(ms: number): string {
  const largest = UNITS.findIndex(([, unitMs]) => ms >= unitMs);
  const amounts = UNITS.slice(largest).map(([unit, unitMs, per]) => ({ unit, amount: Math.floor(ms / unitMs) % per }));
  const shown = amounts.slice(0, 2).filter(({ amount }, index) => index === 0 || amount > 0);
  return shown.map(({ unit, amount }) => `${amount} ${unit}`).join(' ');
}

/** An estimate of a duration, in whole minutes from 90 seconds on: `40 s`, `12 min`, `3 h 20 min`. */
export function approximateDuration(ms: number): string {
  const isShort = ms < 1.5 * MINUTE_MS;
  return durationText(isShort ? Math.ceil(ms / SECOND_MS) * SECOND_MS : Math.round(ms / MINUTE_MS) * MINUTE_MS);
}
