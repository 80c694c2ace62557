import type { Completeness, MissingCause, MissingRange } from '../../model/completeness.js';
import { html, type Html } from './html.js';
import type { ReportInput } from './input.js';
import { none, notLookedAt, section, table } from './section.js';
import { fillOf, legend } from './signs.js';
import { strip } from './strip.js';
import { minutesText, moment, momentText, plural, shareText } from './words.js';

const CAUSES: Readonly<Record<MissingCause, string>> = {
  'look-back': 'Mimecast no longer kept it when it was asked for',
  behind: 'Polls have not come that far yet',
  'not-polled': 'Nobody polled: paused, disabled or disconnected',
  'window-failed': 'Reading it was given up after several tries',
};

/** Limit of rows. The sum covers the rest, and `gaps` lists it. */
const ROWS = 50;

/** Renders which part of the audit log is stored. */
export const completeness = (input: ReportInput): Html =>
  section({ id: 'completeness', title: 'Completeness of the audit log', body: body(input) });

function body({ completeness: held, connection }: ReportInput): Html {
  if (held === undefined) return notLookedAt();
  if (held !== 'nothing-owed') return completenessOf(held, connection.connectionId);
  return none('No audit evidence was owed yet: the connection had not been accepted, or nothing had fallen due.');
}

function completenessOf({ from, due, watermark, gaps }: Completeness, connectionId: string): Html {
  const owedMs = Math.max(0, due.getTime() - from.getTime());
  const missingMs = gaps.reduce((sum, { start, end }) => sum + end.getTime() - start.getTime(), 0);
  const lost = gaps.filter(({ fillable }) => !fillable).length;
  const share = shareText(owedMs - missingMs, owedMs);
  return html`
    <p>
      Administrative events are owed from ${moment(from)} to ${moment(due)}: since the connection, and what Mimecast
      still kept then. <strong>${share} of that time is held</strong>,
      ${gaps.length === 0 ? 'without a gap.' : html`with ${plural(gaps.length, 'gap')}, ${lost} of which can no longer be filled.`}
      ${watermark && html`Everything before ${moment(watermark)} is held or is a named gap.`}
    </p>
    ${legend([
      { fill: fillOf('pass'), label: 'Held' },
      { fill: fillOf('unknown'), label: 'Missing, can still be collected' },
      { fill: fillOf('fail'), label: 'Missing for good' },
    ])}
    ${strip({
      id: 'completeness-strip',
      title: 'Audit log: what is held and what is missing',
      description: `From ${momentText(from.toISOString())} to ${momentText(due.toISOString())}: ${share} held, ${plural(gaps.length, 'gap')}.`,
      from: from.toISOString(),
      to: due.toISOString(),
      parts: [
        { from: from.toISOString(), to: due.toISOString(), fill: fillOf('pass') },
        ...gaps.map(({ start, end, fillable }) => ({
          from: start.toISOString(),
          to: end.toISOString(),
          fill: fillOf(fillable ? 'unknown' : 'fail'),
        })),
      ],
    })}
    ${gaps.length > 0 && table('Gaps', ['From', 'To', 'Length', 'Cause', 'Can it be filled'], gaps.slice(0, ROWS).map(row))}
    ${
      gaps.length > ROWS &&
      html`<p class="quiet">
        And ${gaps.length - ROWS} more: <code>temporal-mimecast gaps ${connectionId}</code> lists all of them.
      </p>`
    }
  `;
}

const row = ({ start, end, cause, fillable }: MissingRange): Html =>
  html`<tr>
    <td>${moment(start)}</td>
    <td>${moment(end)}</td>
    <td>${minutesText(end.getTime() - start.getTime())}</td>
    <td>${CAUSES[cause]}</td>
    <td>${fillable ? 'Yes' : 'No'}</td>
  </tr>`;
