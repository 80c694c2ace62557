import { html, type Html } from './html.js';

/** One segment of a strip. */
export interface StripPart {
  /** ISO, UTC. */
  readonly from: string;
  readonly to: string;
  /** Attribute that fills it. */
  readonly fill: Html;
}

export interface Strip {
  /** Unique on the page. */
  readonly id: string;
  readonly title: string;
  /** Text alternative of the strip. */
  readonly description: string;
  readonly from: string;
  readonly to: string;
  readonly parts: readonly StripPart[];
}

/** Smallest width of a segment in percent, so that short ones are visible. */
const LEAST_PERCENT = 0.3;

/**
 * Renders a time range as a bar from left to right. Uncovered time stays empty. Positions are percentages, not view box
 * units, so that the bar is as wide as the page and patterns keep their shape.
 */
export function strip({ id, title, description, from, to, parts }: Strip): Html {
  const start = Date.parse(from);
  const lengthMs = Math.max(1, Date.parse(to) - start);
  const place = (iso: string): number => 100 * Math.min(1, Math.max(0, (Date.parse(iso) - start) / lengthMs));
  return html`<svg class="strip" width="100%" height="20" role="img" aria-labelledby="${id}-title ${id}-desc">
    <title id="${id}-title">${title}</title>
    <desc id="${id}-desc">${description}</desc>
    <rect width="100%" height="20" class="fill-paper" />
    ${parts.map((part) => {
      const width = Math.max(LEAST_PERCENT, place(part.to) - place(part.from));
      const x = Math.min(place(part.from), 100 - width);
      return html`<rect x="${rounded(x)}%" width="${rounded(width)}%" height="20" ${part.fill} />`;
    })}
    <rect width="100%" height="20" class="frame" />
  </svg>`;
}

export const rounded = (value: number): string => String(Math.round(value * 100) / 100);
