import { annotationOf } from '../exports/rendering.js';
import type { ControlResult, StoredEvaluation, Subject, Summary, Verdict } from '../../model/verdicts.js';
import { isolated, html, type Html } from './html.js';
import type { ReportInput } from './input.js';
import { none, section, table } from './section.js';
import { chip } from './signs.js';
import { list, moment, plural, SUBJECT_WORDS } from './words.js';

/** Renders the report's summary in one paragraph. */
export function inPlainWords({ evaluation, connection, period }: ReportInput): Html {
  if (evaluation === undefined) {
    return html`<p class="lead">
      Nothing had been evaluated for ${isolated(connection.connectionId)} by ${moment(period.to)}. This page says
      nothing about the state of its protections: neither that they are on, nor that they are off.
    </p>`;
  }
  const { tenant, collector } = evaluation.bySubject;
  return html`<p class="lead">
    On ${moment(evaluation.at)}, ${held(tenant)} about the Mimecast tenant held. ${fails(evaluation)}
    ${unknowns(evaluation)} ${collection(collector)}
  </p>`;
}

const judged = ({ pass, fail, unknown }: Summary): number => pass + fail + unknown;

const held = (tenant: Summary): Html =>
  judged(tenant) === 0
    ? html`<strong>no statement</strong>`
    : html`<strong>${tenant.pass} of ${plural(judged(tenant), 'statement')}</strong>`;

const ofTenant = ({ controls }: StoredEvaluation, verdict: Verdict): ControlResult[] =>
  controls.filter((control) => control.subject === 'tenant' && control.verdict === verdict);

function fails(evaluation: StoredEvaluation): Html {
  const failed = ofTenant(evaluation, 'fail');
  if (failed.length === 0) return html`None failed.`;
  const accepted = failed.filter((control) => annotationOf(control, 'accepted-risk') !== undefined).length;
  const grave = failed.filter(({ severity }) => severity === 'high').length;
  const notes = [
    ...(grave > 0 ? [`${grave} of high severity`] : []),
    ...(accepted > 0 ? [`${accepted} accepted as a risk`] : []),
  ];
  return html`<strong>${plural(failed.length, 'statement')} failed</strong>${notes.length > 0 && ` (${list(notes)})`}.`;
}

function unknowns(evaluation: StoredEvaluation): Html | false {
  const unknown = ofTenant(evaluation, 'unknown');
  if (unknown.length === 0) return false;
  const unserved = unknown.filter(({ code }) => code === 'no-vendor-api').length;
  return html`<strong>${isOrAre(unknown.length)}</strong>${
      unserved > 0 &&
      `, ${unserved === unknown.length ? 'because' : `${unserved} of them because`} Mimecast offers no API for it to this tenant`
    }.`;
}

function collection(collector: Summary): Html {
  const { fail, unknown } = collector;
  if (judged(collector) === 0) return html`How the evidence was collected was not judged.`;
  if (fail + unknown === 0) return html`The evidence itself was collected as it should be.`;
  const problems = [...(fail > 0 ? [`${fail} failed`] : []), ...(unknown > 0 ? [isOrAre(unknown)] : [])];
  return html`Of ${plural(judged(collector), 'statement')} about how the evidence was collected, ${list(problems)}.`;
}

const isOrAre = (unknown: number): string => `${plural(unknown, 'is', 'are')} unknown`;

const COLUMNS: readonly (readonly [Verdict, keyof Summary])[] = [
  ['pass', 'pass'],
  ['fail', 'fail'],
  ['unknown', 'unknown'],
  ['not-applicable', 'notApplicable'],
];

export function counts({ evaluation }: ReportInput): Html {
  return section({
    id: 'counts',
    title: 'Results',
    body: evaluation
      ? html`${countsOf(evaluation)} ${overview(evaluation)}`
      : none('Nothing has been evaluated, so there is nothing to count.'),
  });
}

const SUBJECTS: readonly Subject[] = ['tenant', 'collector'];

function countsOf({ bySubject }: StoredEvaluation): Html {
  const rows = SUBJECTS.map(
    (subject) =>
      html`<tr>
        <th scope="row">${SUBJECT_WORDS[subject]}</th>
        ${COLUMNS.map(([, key]) => html`<td class="number">${bySubject[subject][key]}</td>`)}
      </tr>`,
  );
  return html`<div class="scroll" role="region" aria-label="Verdicts by what they are about" tabindex="0">
    <table class="counts">
      <caption>
        Verdicts by what they are about
      </caption>
      <thead>
        <tr>
          <th scope="col">About</th>
          ${COLUMNS.map(([verdict]) => html`<th scope="col" class="number">${chip(verdict)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

/** Renders all controls with their verdicts. */
function overview({ controls }: StoredEvaluation): Html {
  const rows = SUBJECTS.flatMap((subject) => controls.filter((control) => control.subject === subject)).map(
    ({ id, title, verdict, severity }) =>
      html`<tr>
        <th scope="row"><a href="#control-${id}">${title}</a></th>
        <td>${chip(verdict)}</td>
        <td>${severity}</td>
      </tr>`,
  );
  return table('Every control', ['Statement', 'Verdict', 'Severity'], rows);
}
