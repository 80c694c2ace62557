import { countText, formatCount, SMALLEST_SHOWN, type ShownPart } from '../exports/small-counts.js';
import { PROTECTIONS, UNITS, type Protection } from '../../model/statistics.js';
import { dayOf } from '../../model/time.js';
import { countsOf, type ProtectionCounts } from './daily-counts.js';
import { dayChart, type DayChart } from './day-chart.js';
import { html, named, type Html } from './html.js';
import type { ReportInput } from './input.js';
import { definitions, none, notLookedAt, section } from './section.js';
import { legend } from './signs.js';
import { dateText, plural } from './words.js';

const NAMES: Readonly<Record<Protection, string>> = {
  url: 'URL Protection',
  attachment: 'Attachment Protection',
  impersonation: 'Impersonation Protection',
  dlp: 'Data Leak Prevention',
};

const PARTS = 10;

/** Renders the activity of the protections, from their logs. */
export const statistics = (input: ReportInput): Html =>
  section({ id: 'statistics', title: 'What the protections did', body: body(input) });

function body({ statistics: days, period }: ReportInput): Html {
  if (days === undefined) return notLookedAt();
  const counted = PROTECTIONS.flatMap((protection) => {
    const counts = countsOf(protection, days);
    return counts ? [{ protection, counts }] : [];
  });
  if (counted.length === 0) {
    return none(
      'No row of a protection log is held for the period. That says nothing about whether the protections acted.',
    );
  }
  const missing = PROTECTIONS.filter((protection) => !counted.some((one) => one.protection === protection));
  return html`
    <p>
      Rows that Mimecast logged, by UTC day. There is no total of what was scanned, so these are not shares of anything.
      Counts under ${SMALLEST_SHOWN} are hidden (<code>&lt;${SMALLEST_SHOWN}</code>), because they may point at single
      persons, and so is what would reveal them. A day without a bar has no row.
    </p>
    ${legend([
      { fill: html`class="fill-bar"`, label: 'Day held to its end' },
      { fill: html`class="hollow-bar"`, label: 'Day not held to its end' },
      { fill: html`fill="url(#fill-small)"`, label: `Fewer than ${SMALLEST_SHOWN}` },
    ])}
    ${counted.map(({ protection, counts }) => protectionOf(protection, counts, axisOf(period)))}
    ${
      missing.length > 0 &&
      html`<p class="quiet">No row is held of ${missing.map((protection) => NAMES[protection]).join(', ')}.</p>`
    }
  `;
}

type Axis = DayChart['axis'];

/** Returns the days of the period. Its end is exclusive, and can be the start of a day. */
function axisOf({ from, to }: ReportInput['period']): Axis {
  return { from: dayOf(from), to: dayOf(new Date(Date.parse(to) - 1)) };
}

function protectionOf(protection: Protection, counts: ProtectionCounts, axis: Axis): Html {
  const { days, total, smallDays } = counts;
  const unit = UNITS[protection];
  const isSmallOnly = smallDays === days.length;
  const id = `statistics-${protection}`;
  return html`<article class="protection" aria-labelledby="${id}-heading">
    <h3 id="${id}-heading">
      ${NAMES[protection]}: ${isSmallOnly ? html`fewer than ${SMALLEST_SHOWN}` : countText(total)}
      ${unit}${isSmallOnly && ' on any day'}
    </h3>
    ${
      smallDays > 0 &&
      !isSmallOnly &&
      html`<p class="quiet">${plural(smallDays, 'day')} with fewer than ${SMALLEST_SHOWN} not counted in.</p>`
    }
    <figure>
      ${dayChart({ id, title: `${NAMES[protection]}: ${unit} a day`, unit, days, axis })}
      <figcaption>
        <span>${dateText(axis.from)}</span>
        <span>${scale(counts)} ${unit} on the busiest day</span>
        <span>${dateText(axis.to)}</span>
      </figcaption>
    </figure>
    <div class="breakdowns">
      ${breakdown(`${NAMES[protection]} by result`, 'Result', counts.byResult)}
      ${breakdown(`${NAMES[protection]} by action`, 'Action', counts.byAction)}
      ${breakdown(`${NAMES[protection]} by route`, 'Route', counts.byRoute)}
      ${breakdown(`${NAMES[protection]} by definition`, 'Definition', counts.byDefinition)}
    </div>
    ${definitions([
      ['Malicious, but let through', html`${countText(counts.maliciousAllowed)}`],
      ['Overridden by users', html`${countText(counts.userOverrides)}`],
      ['Overridden by administrators', html`${countText(counts.adminOverrides)}`],
      ['Came late', html`${countText(counts.lateRows)}`],
    ])}
  </article>`;
}

function scale({ days }: ProtectionCounts): string {
  const exact = days.flatMap(({ shown }) => (shown.kind === 'exact' ? [shown.count] : []));
  return exact.length === 0 ? `<${SMALLEST_SHOWN}` : formatCount(Math.max(...exact));
}

/** Renders counts by one of the vendor's words; empty words are shown as not named. */
function breakdown(caption: string, column: string, parts: readonly ShownPart[]): Html | false {
  if (parts.length === 0) return false;
  const more = parts.length - PARTS;
  return html`<table>
    <caption>
      ${caption}
    </caption>
    <thead>
      <tr>
        <th scope="col">${column}</th>
        <th scope="col" class="number">Rows</th>
      </tr>
    </thead>
    <tbody>
      ${parts.slice(0, PARTS).map(
        ({ label, shown }) =>
          html`<tr>
            <th scope="row">${label === '' ? html`<i>not named</i>` : named(label)}</th>
            <td class="number">${countText(shown)}</td>
          </tr>`,
      )}
      ${
        more > 0 &&
        html`<tr>
          <th scope="row" colspan="2" class="quiet">and ${more} more</th>
        </tr>`
      }
    </tbody>
  </table>`;
}
