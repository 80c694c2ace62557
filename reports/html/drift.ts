import { shownName } from '../exports/rendering.js';
import { isolated, html, joined, named, type Html } from './html.js';
import type { DriftCandidate, DriftEntry, ReportInput } from './input.js';
import { definitions, none, notLookedAt, section } from './section.js';
import { moment, plural, some } from './words.js';

const ENTRIES = 40;
const ITEMS = 12;

/** Renders changes of the configuration. */
export const drift = (input: ReportInput): Html =>
  section({ id: 'drift', title: 'Drift of the configuration', body: body(input) });

function body(input: ReportInput): Html {
  const { drift: entries, connection } = input;
  if (entries === undefined) return notLookedAt();
  if (entries.length === 0) {
    return none('No endpoint answered otherwise than before within the period, as far as it was read.');
  }
  const more = entries.length - ENTRIES;
  return html`
    <p>
      ${plural(entries.length, 'change')} between one reading and the next. Audit events that mention what changed are
      named as candidates: they may have to do with it, and nobody claims that they do.
    </p>
    ${entries.slice(0, ENTRIES).map((entry) => change(entry, input))}
    ${
      more > 0 &&
      html`<p class="quiet">
        And ${more} more: <code>temporal-mimecast drift ${connection.connectionId}</code> lists all of them.
      </p>`
    }
  `;
}

function change(
  { endpoint, before, after, added, removed, changed, candidates }: DriftEntry,
  input: ReportInput,
): Html {
  return html`<article class="card">
    <h3>${isolated(endpoint)}, by ${moment(after.observedAt)}</h3>
    ${definitions([
      ['Before', html`${moment(before.observedAt)}, <code>${before.digest.slice(0, 12)}…</code>`],
      ['After', html`${moment(after.observedAt)}, <code>${after.digest.slice(0, 12)}…</code>`],
      items('Added', added),
      items('Removed', removed),
      items('Changed', changed),
      candidates.length === 0 ? undefined : ['Candidates', candidateList(candidates, input)],
    ])}
  </article>`;
}

function items(term: string, names: readonly string[]): readonly [string, Html] | undefined {
  if (names.length === 0) return undefined;
  const { shown, more } = some(names, ITEMS);
  return [
    `${term} (${names.length})`,
    html`${joined(shown.map(named), ', ')}${more > 0 && html` <span class="quiet">and ${more} more</span>`}`,
  ];
}

function candidateList(candidates: readonly DriftCandidate[], input: ReportInput): Html {
  const shown = candidates.slice(0, ITEMS);
  const more = candidates.length - shown.length;
  return html`${joined(
    shown.map(
      ({ eventTime, auditType, sha256, user }) =>
        html`${moment(eventTime)} ${named(auditType)}, user
          ${named(user === undefined ? 'not named' : shownName(user, input))}, <code>${sha256.slice(0, 12)}…</code>`,
    ),
    html`<br />`,
  )}${more > 0 && html` <span class="quiet">and ${more} more</span>`}`;
}
