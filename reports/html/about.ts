import { html, isolated, type Html } from './html.js';
import type { ReportInput } from './input.js';
import { definitions, section } from './section.js';
import { date, moment } from './words.js';

/** Renders the connection, the period and the time of the evaluation. */
export function about(input: ReportInput): Html {
  const { connection, evaluation, period, product } = input;
  const accountCode = evaluation?.accountCode ?? connection.accountCode;
  const accountName = evaluation?.accountName ?? connection.accountName;
  return definitions([
    ['Connection', isolated(connection.connectionId)],
    ['Mimecast account', accountCode === undefined ? html`not known yet` : accountOf(accountCode, accountName)],
    ['Reached at', html`${isolated(connection.baseUrl)}, API ${connection.apiVersion}`],
    ['Period', html`${date(period.from)} to ${moment(period.to)}`],
    ['Evaluated', evaluation ? html`${moment(evaluation.at)}, record ${evaluation.sequence}` : html`not by then`],
    ['Rendered by', html`${product.name} ${product.version}`],
  ]);
}

const accountOf = (code: string, name: string | undefined): Html =>
  name === undefined ? isolated(code) : html`${isolated(name)} (${isolated(code)})`;

/** Renders the limits of the report. The text is the same in every report, because it applies to every tenant. */
export const limits = (): Html =>
  section({
    id: 'limits',
    title: 'What the API cannot show',
    body: html`
      <p>
        This report rests on what Mimecast’s API answers, and on nothing else. Three of the seven endpoints that are
        read have a public contract: audit events, blocked senders and the account. For content examination, URL
        protection, attachment management and archive settings a tenant may answer that there is no such endpoint.
      </p>
      <ul>
        <li>
          A <strong>pass by policy</strong> says that a policy is in force. What its definition blocks cannot be read,
          so it does not say that everything is blocked. Bypass policies are of other types, which no endpoint lists.
        </li>
        <li>
          A <strong>pass by operation</strong> says that a protection acted within the days that are looked back on. A
          protection that did not act fails nothing: there may have been nothing to act on.
        </li>
        <li>
          <strong>Attachment management</strong> blocks, links or holds file types. The sandbox is a policy of another
          type that no known endpoint lists; it is judged by its log alone.
        </li>
        <li>
          <strong>Unknown</strong> means neither on nor off. What could not be read is never counted as a fail, and
          never as a pass.
        </li>
        <li>
          A <strong>mapping</strong> to a framework says that a control supports a requirement. It never satisfies one
          alone.
        </li>
      </ul>
    `,
  });
