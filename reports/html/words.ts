import type { Severity, Subject, Verdict } from '../../model/verdicts.js';
import { durationText, MINUTE_MS } from '../../model/time.js';
import { html, named, type Html } from './html.js';

/** Words and formats of the report. Independent of locale and time zone. */

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  pass: 'Pass',
  fail: 'Fail',
  unknown: 'Unknown',
  'not-applicable': 'Not applicable',
};

export const SUBJECT_WORDS: Readonly<Record<Subject, string>> = {
  tenant: 'The tenant at Mimecast',
  collector: 'The collection of its evidence',
};

export const SEVERITY_RANK: Readonly<Record<Severity, number>> = { high: 0, medium: 1, low: 2, info: 3 };

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** Formats a date: `23 Nov 2026`. */
export function dateText(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime())
    ? iso
    : `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()] ?? ''} ${at.getUTCFullYear()}`;
}

/** Formats a time: `23 Nov 2026, 02:10 UTC`. */
export function momentText(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : `${dateText(iso)}, ${at.toISOString().slice(11, 16)} UTC`;
}

/** Renders a time for people, with the exact value for programs. */
export const moment = (at: string | Date): Html => time(at, momentText);

export const date = (at: string | Date): Html => time(at, dateText);

/** Renders a time; text that is not a valid time is shown unchanged. */
function time(at: string | Date, text: (iso: string) => string): Html {
  const iso = typeof at === 'string' ? at : at.toISOString();
  return Number.isNaN(Date.parse(iso)) ? named(iso) : html`<time datetime="${iso}">${text(iso)}</time>`;
}

/** A duration to the minute: `12 d 4 h`, `3 h 20 min`, `under a minute`. Rounded down, so that it is never overstated. */
export const minutesText = (ms: number): string =>
  ms < MINUTE_MS ? 'under a minute' : durationText(ms - (ms % MINUTE_MS));

/** Formats a share. A share below the whole is never shown as 100 %, and one above nothing never as 0 %. */
export function shareText(part: number, whole: number): string {
  if (whole <= 0 || part <= 0) return '0 %';
  if (part >= whole) return '100 %';
  const percent = (100 * part) / whole;
  if (percent < 0.1) return 'under 0.1 %';
  return `${Math.min(percent, 99.9).toFixed(1)} %`;
}

/** Formats a count: `1 fail`, `3 fails`. */
export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** Joins words: `a, b and c`. */
export function list(words: readonly string[]): string {
  const last = words.at(-1);
  if (last === undefined) return '';
  return words.length === 1 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** Returns the first items of a list, and the number of omitted ones; the export contains all. */
export function some(
  items: readonly string[],
  atMost: number,
): { readonly shown: readonly string[]; readonly more: number } {
  return { shown: items.slice(0, atMost), more: Math.max(0, items.length - atMost) };
}

/** Formats an identifier as words: `carveOuts` is `Carve outs`. */
export function spaced(name: string): string {
  const words = name.replace(
    /([a-z0-9])([A-Z])/g,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  );
  return words.charAt(0).toUpperCase() + words.slice(1);
}
