import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../model/time.js';

const UNITS = { d: DAY_MS, h: HOUR_MS, m: MINUTE_MS, s: SECOND_MS } as const;
type Unit = keyof typeof UNITS;

const UNIT_NAMES = Object.keys(UNITS) as readonly Unit[];

/** Parses `90m`, `6h`, `1d` to milliseconds; undefined for any other text. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,7})([dhms])$/.exec(text) ?? [];
  const name = UNIT_NAMES.find((candidate) => candidate === unit);
  return amount === undefined || name === undefined ? undefined : Number(amount) * UNITS[name];
}

/** Formats an interval in the largest unit that divides it: `6h`, `90m`, and `24h` rather than `1d`. */
export function formatDuration(ms: number): string {
  if (ms > UNITS.d && ms % UNITS.d === 0) return `${ms / UNITS.d}d`;
  const unit = UNIT_NAMES.find((name) => name !== 'd' && ms % UNITS[name] === 0);
  return unit === undefined ? `${ms}ms` : `${ms / UNITS[unit]}${unit}`;
}
