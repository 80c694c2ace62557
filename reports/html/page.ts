import { createHash } from 'node:crypto';
import { about, limits } from './about.js';
import { changes } from './changes.js';
import { completeness } from './completeness.js';
import { drift } from './drift.js';
import { isolated, html, Html } from './html.js';
import type { ReportInput } from './input.js';
import { mappings } from './mappings.js';
import { provenance } from './provenance.js';
import { patterns } from './signs.js';
import { statistics } from './statistics.js';
import { STYLE } from './style.js';
import { counts, inPlainWords } from './summary.js';
import { timeInState } from './time-in-state.js';
import { decided, failed, passed, unknown } from './verdicts.js';
import { dateText } from './words.js';

/** Sections in the order of the page. */
const CONTENTS: readonly (readonly [id: string, title: string])[] = [
  ['limits', 'What the API cannot show'],
  ['counts', 'Results'],
  ['fails', 'Fails'],
  ['unknowns', 'Unknown'],
  ['decisions', 'Not applicable, accepted, attested'],
  ['passes', 'Passes'],
  ['time', 'Time in each state'],
  ['completeness', 'Completeness'],
  ['drift', 'Drift'],
  ['statistics', 'Statistics'],
  ['changes', 'Changes'],
  ['provenance', 'Provenance'],
  ['mappings', 'Mappings'],
];

/**
 * Renders the report as one self-contained HTML page. Its content security policy forbids scripts and network access.
 * Pure: the same input gives the same bytes.
 */
export function renderReport(input: ReportInput): string {
  const { connection, evaluation, period } = input;
  const title = `Mimecast evidence report: ${connection.connectionId}, ${dateText(evaluation?.at ?? period.to)}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <a class="skip" href="#report">Skip to the report</a>
        ${patterns}
        <header>
          <p class="kind">Evidence of email-security controls</p>
          <h1>${isolated(connection.accountName ?? connection.connectionId)}</h1>
          ${about(input)}
        </header>
        <main id="report">
          ${inPlainWords(input)}
          <nav aria-label="Contents">
            <ol>
              ${CONTENTS.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}
            </ol>
          </nav>
          ${limits()} ${counts(input)} ${failed(input)} ${unknown(input)} ${decided(input)} ${passed(input)}
          ${timeInState(input)} ${completeness(input)} ${drift(input)} ${statistics(input)} ${changes(input)}
          ${provenance(input)} ${mappings(input)}
        </main>
        <footer>
          <p>
            Rendered by ${input.product.name} ${input.product.version}
            ${evaluation ? 'from a stored record' : 'without a record'}. ${names(input)} Times are UTC.
          </p>
        </footer>
      </body>
    </html> `.text;
}

const names = ({ names: shown }: ReportInput): string => (shown ? 'It names people.' : 'Names of people are withheld.');

/** Created as one string: the policy allows exactly these bytes. */
const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`);

/** Forbids scripts, network access, and all styles except the one in the page. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`;
