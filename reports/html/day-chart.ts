import { countText } from '../exports/small-counts.js';
import { DAY_MS, dayOf } from '../../model/time.js';
import type { DayCount } from './daily-counts.js';
import { html, type Html } from './html.js';
import { rounded } from './strip.js';
import { dateText } from './words.js';

const HEIGHT = 96;
/** Height of a day whose count is hidden; independent of the count. */
const SMALL_HEIGHT = 6;
const LEAST_HEIGHT = 3;
/** Of a longer period the latest are drawn: bars that are thinner than a pixel show nothing. */
const MOST_DAYS = 400;

export interface DayChart {
  /** Unique on the page. */
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly days: readonly DayCount[];
  /** First and last UTC day of the axis. */
  readonly axis: { readonly from: string; readonly to: string };
}

/** Renders one bar per day; days without rows are empty. */
export function dayChart({ id, title, unit, days, axis }: DayChart): Html {
  const places = daysBetween(axis.from, axis.to);
  const highest = Math.max(1, ...days.map(({ shown }) => (shown.kind === 'exact' ? shown.count : 0)));
  const byDay = new Map(days.map((day) => [day.day, day]));
  const step = 100 / Math.max(1, places.length);
  const bars = places.map((day, index) => {
    const count = byDay.get(day);
    return count && bar(count, { x: index * step, width: step, highest });
  });
  return html`<svg class="chart" width="100%" height="${HEIGHT}" role="img" aria-labelledby="${id}-title ${id}-desc">
    <title id="${id}-title">${title}</title>
    <desc id="${id}-desc">${describe(days, unit)}</desc>
    ${bars}
    <line x1="0" x2="100%" y1="${HEIGHT - 0.5}" y2="${HEIGHT - 0.5}" class="axis" />
  </svg>`;
}

interface BarPlace {
  readonly x: number;
  readonly width: number;
  readonly highest: number;
}

function bar({ shown, complete }: DayCount, { x, width, highest }: BarPlace): Html | undefined {
  if (shown.kind === 'exact' && shown.count === 0) return undefined;
  const isExact = shown.kind === 'exact';
  const height = isExact ? Math.max(LEAST_HEIGHT, ((HEIGHT - 2) * shown.count) / highest) : SMALL_HEIGHT;
  const look = isExact ? (complete ? html`class="fill-bar"` : html`class="hollow-bar"`) : html`fill="url(#fill-small)"`;
  return html`<rect
    x="${rounded(x + width * 0.12)}%"
    width="${rounded(width * 0.76)}%"
    y="${rounded(HEIGHT - 1 - height)}"
    height="${rounded(height)}"
    ${look}
  />`;
}

function describe(days: readonly DayCount[], unit: string): string {
  const first = days[0];
  const last = days.at(-1);
  if (first === undefined || last === undefined) return `No ${unit}.`;
  const exact = days.flatMap(({ day, shown }) => (shown.kind === 'exact' ? [{ day, count: shown.count }] : []));
  const top = exact.reduce<(typeof exact)[number] | undefined>(
    (best, one) => (best === undefined || one.count > best.count ? one : best),
    undefined,
  );
  const range = `${unit} a day from ${dateText(first.day)} to ${dateText(last.day)}`;
  if (top === undefined) return `${range}; fewer than 5 on each.`;
  return `${range}; most on ${dateText(top.day)}: ${countText({ kind: 'exact', count: top.count })}.`;
}

/** Returns all UTC days of a range, both ends included. */
function daysBetween(first: string, last: string): string[] {
  const start = Date.parse(first);
  const count = Math.floor((Date.parse(last) - start) / DAY_MS) + 1;
  if (!(count > 0)) return [];
  const shown = Math.min(count, MOST_DAYS);
  return Array.from({ length: shown }, (_, index) => dayOf(new Date(start + (count - shown + index) * DAY_MS)));
}
