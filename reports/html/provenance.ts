import { isolated, html, named, type Html } from './html.js';
import type { CitedBody, ReportInput } from './input.js';
import { definitions, none, section } from './section.js';
import { moment } from './words.js';

/** Renders the origin of all evidence, and how to verify it independently. */
export function provenance(input: ReportInput): Html {
  const { evaluation, link, connection } = input;
  return section({
    id: 'provenance',
    title: 'Provenance, and how to verify it',
    body: html`
      <p>
        Every connection has a log in which each entry’s hash covers the one before it. The record that this report
        renders is an entry of it, and so is each body that it rests on. Digests are of what is kept: canonical JSON
        (RFC 8785), without the fields that must not be kept.
      </p>
      ${
        evaluation
          ? definitions([
              ['Record', html`entry ${evaluation.sequence} of the log of ${isolated(connection.connectionId)}`],
              [
                'Head of the log at that entry',
                link ? html`<code class="digest">${link.hash}</code>` : html`the entry is not in the log that was read`,
              ],
            ])
          : none('No record is rendered here.')
      }
      ${verification(input)}
      <h3>Bodies that the verdicts rest on</h3>
      ${bodies(input)}
    `,
  });
}

function verification(input: ReportInput): Html {
  const { connectionId } = input.connection;
  return html`<h3>How to verify</h3>
    <ol>
      <li>
        <code>temporal-mimecast verify ${connectionId}</code> recomputes the whole log and every digest, and names the
        first entry that does not hold.
      </li>
      <li>
        Offline, with nothing of ours running: the log in a bundle, a checkpoint that was kept elsewhere, and its public
        key, with <code>temporal-mimecast verify --bundle f --checkpoint c --key k</code>.
      </li>
      <li>This page again, byte for byte, with the same version: <code>${reportCommand(input)}</code></li>
      <li>
        A single body: <code>temporal-mimecast export ${connectionId} --what observations</code>; the SHA-256 of the
        text of <code>body</code> is its digest.
      </li>
    </ol>`;
}

/** Returns the command that renders the same page. The record is given by its time or by the end of the period. */
function reportCommand({ connection, period, evaluation, names }: ReportInput): string {
  const record = evaluation?.at === period.to ? `--at ${period.to}` : `--to ${period.to}`;
  return `temporal-mimecast report ${connection.connectionId} --from ${period.from} ${record}${names ? ' --names' : ''}`;
}

function bodies({ provenance: cited, evaluation }: ReportInput): Html {
  if (evaluation === undefined) return none('No verdict, and so no body.');
  const unique = [...new Map(cited.map((body) => [body.digest, body])).values()];
  if (unique.length === 0) return none('The verdicts rest on no body: they are about time, keys or absence.');
  return html`<ul class="bodies">
    ${unique.map(bodyOf)}
  </ul>`;
}

function bodyOf({ source, digest, observedAt, provenance: from }: CitedBody): Html {
  return html`<li id="body-${digest}">
    <p>
      <strong>${named(source)}</strong>, observed ${moment(observedAt)}<br /><code class="digest"
        >sha256 ${digest}</code
      >
    </p>
    ${
      from &&
      html`<p class="quiet">
        ${isolated(from.host)}${isolated(from.path)}, HTTP ${from.httpStatus}, request <code>${from.requestId}</code>${
          from.vendorDate !== undefined && html`, Mimecast’s clock: ${isolated(from.vendorDate)}`
        }
      </p>`
    }
  </li>`;
}
