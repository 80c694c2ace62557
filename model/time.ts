/** Durations in milliseconds, and times as people read them: in UTC, without what they do not need. */

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** `2026-11-28 06:30` of an ISO time in UTC. */
export const minute = (iso: string): string => iso.slice(0, 16).replace('T', ' ');

/** `2026-11-28 06:30 to 2026-11-28 12:30 UTC`. */
export const spanText = ({ start, end }: { readonly start: string; readonly end: string }): string =>
  `${minute(start)} to ${minute(end)} UTC`;

/** An estimate of a duration: `40 s`, `12 min`, `3 h 20 min`. */
export function approximateDuration(ms: number): string {
  if (ms < 1.5 * MINUTE_MS) return `${Math.ceil(ms / SECOND_MS)} s`;
  const minutes = Math.round(ms / MINUTE_MS);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
