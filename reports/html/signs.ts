import type { Severity, Verdict } from '../../model/verdicts.js';
import { html, type Html } from './html.js';
import { VERDICT_WORDS } from './words.js';

/** Shape of each verdict, recognisable without colour: a disc, an octagon, a diamond, a circle. */
const SHAPES: Readonly<Record<Verdict, Html>> = {
  pass: html`<circle cx="8" cy="8" r="7" class="solid" /><path d="M4.5 8.2 7 10.7l4.6-5" class="mark" />`,
  fail: html`<path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z" class="solid" /><path
      d="m5.4 5.4 5.2 5.2m0-5.2-5.2 5.2"
      class="mark"
    />`,
  unknown: html`<path d="M8 .6 15.4 8 8 15.4.6 8z" class="solid" /><path
      d="M6.2 6.5c0-2.4 3.6-2.4 3.6 0 0 1.4-1.8 1.4-1.8 2.8M8 11.4v.2"
      class="mark"
    />`,
  'not-applicable': html`<circle cx="8" cy="8" r="6.2" class="ring" /><path d="M5 8h6" class="line" />`,
};

const sign = (verdict: Verdict): Html =>
  html`<svg class="sign" viewBox="0 0 16 16" aria-hidden="true" focusable="false">${SHAPES[verdict]}</svg>`;

/** Renders a verdict as shape and word. */
export const chip = (verdict: Verdict): Html =>
  html`<span class="chip is-${verdict}">${sign(verdict)}${VERDICT_WORDS[verdict]}</span>`;

const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  high: 'High severity',
  medium: 'Medium severity',
  low: 'Low severity',
  info: 'For information',
};

export const severity = (of: Severity): Html => html`<span class="severity">${SEVERITY_WORDS[of]}</span>`;

/** Fill patterns of strips and bars, defined once per page; recognisable without colour. */
export const patterns: Html = html`<svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false">
  <defs>
    <pattern id="fill-fail" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect width="6" height="6" class="fill-fail" />
      <rect width="2" height="6" class="fill-paper" />
    </pattern>
    <pattern id="fill-unknown" width="6" height="6" patternUnits="userSpaceOnUse">
      <rect width="6" height="6" class="fill-paper" />
      <circle cx="3" cy="3" r="1.7" class="fill-unknown" />
    </pattern>
    <pattern id="fill-not-applicable" width="5" height="5" patternUnits="userSpaceOnUse">
      <rect width="5" height="5" class="fill-paper" />
      <rect width="5" height="1.4" y="2" class="fill-quiet" />
    </pattern>
    <pattern id="fill-small" width="4" height="4" patternUnits="userSpaceOnUse">
      <rect width="4" height="4" class="fill-paper" />
      <rect width="4" height="1.6" class="fill-bar" />
    </pattern>
  </defs>
</svg>`;

const FILLS: Readonly<Record<Verdict, Html>> = {
  pass: html`class="fill-pass"`,
  fail: html`fill="url(#fill-fail)"`,
  unknown: html`fill="url(#fill-unknown)"`,
  'not-applicable': html`fill="url(#fill-not-applicable)"`,
};

/** Returns the fill attribute of a verdict. */
export const fillOf = (verdict: Verdict): Html => FILLS[verdict];

/** Renders the legend of fills. */
export const legend = (items: readonly { readonly fill: Html; readonly label: string }[]): Html =>
  html`<ul class="legend">
    ${items.map(
      ({ fill, label }) =>
        html`<li>
          <svg viewBox="0 0 18 12" aria-hidden="true" focusable="false"><rect width="18" height="12" ${fill} /></svg>
          ${label}
        </li>`,
    )}
  </ul>`;
