import type { ControlResult, StoredEvaluation, Verdict } from '../../model/verdicts.js';
import { annotationNote, controlCard } from './control.js';
import { html, type Html } from './html.js';
import type { ReportInput } from './input.js';
import { none, section } from './section.js';
import { chip } from './signs.js';
import { plural, SEVERITY_RANK } from './words.js';

const NOTHING_EVALUATED = 'Nothing has been evaluated.';

export function failed(input: ReportInput): Html {
  const { evaluation } = input;
  return section({
    id: 'fails',
    title: 'What fails, and how to mend it',
    body: evaluation ? cards(input, controlsOf(evaluation, 'fail'), 'No control fails.') : none(NOTHING_EVALUATED),
  });
}

export function passed(input: ReportInput): Html {
  const { evaluation } = input;
  return section({
    id: 'passes',
    title: 'What passes, and what it rests on',
    body: evaluation ? cards(input, controlsOf(evaluation, 'pass'), 'No control passes.') : none(NOTHING_EVALUATED),
  });
}

/** Returns the controls with a verdict: those about the tenant first, then by severity. */
function controlsOf({ controls }: StoredEvaluation, verdict: Verdict): ControlResult[] {
  return controls
    .filter((control) => control.verdict === verdict)
    .sort(
      (one, other) =>
        Number(one.subject === 'collector') - Number(other.subject === 'collector') ||
        SEVERITY_RANK[one.severity] - SEVERITY_RANK[other.severity],
    );
}

function cards(input: ReportInput, controls: readonly ControlResult[], otherwise: string): Html {
  return controls.length === 0 ? none(otherwise) : html`${controls.map((control) => card(input, control))}`;
}

function card({ states, provenance, connection, names, product, period }: ReportInput, control: ControlResult): Html {
  const last = states.find(({ id }) => id === control.id)?.spans.at(-1);
  return controlCard({
    connectionId: connection.connectionId,
    control,
    names,
    product,
    cited: new Set(provenance.map(({ digest }) => digest)),
    ...(last?.verdict === control.verdict && { since: { at: last.from, orBefore: last.from === period.from } }),
  });
}

/** Causes that are common to all controls; specific causes are in a control's reason. */
const CAUSES: Readonly<Record<string, readonly [title: string, meaning: string]>> = {
  'no-vendor-api': [
    'Mimecast offers no API for it to this tenant',
    'Nothing can be done about it here. Other evidence can be attested.',
  ],
  forbidden: ['The API user may not read it', 'Grant the permission that is named, then poll again.'],
  stale: ['The evidence is too old', 'Polls have not brought a new answer in twice their interval.'],
  unreadable: ['It could not be read', 'The last answer was no usable one.'],
  shape: ['The answer was not understood', 'Mimecast answered in a form that is not known.'],
  conflict: ['Two sources disagree', 'Both are cited; one of them must be wrong.'],
};

export function unknown(input: ReportInput): Html {
  const { evaluation } = input;
  return section({
    id: 'unknowns',
    title: 'What is unknown, by cause',
    body: evaluation ? byCause(input, controlsOf(evaluation, 'unknown')) : none(NOTHING_EVALUATED),
  });
}

function byCause(input: ReportInput, controls: readonly ControlResult[]): Html {
  if (controls.length === 0) return none('Nothing is unknown.');
  const known = Object.keys(CAUSES).filter((code) => controls.some((control) => control.code === code));
  const own = controls.filter(({ code }) => !Object.hasOwn(CAUSES, code));
  return html`
    ${known.map((code) => {
      const [title = code, meaning = ''] = CAUSES[code] ?? [];
      const those = controls.filter((control) => control.code === code);
      return html`<p class="cause"><strong>${title}</strong> (${those.length}). ${meaning}</p>
        ${those.map((control) => card(input, control))}`;
    })}
    ${
      own.length > 0 &&
      html`<p class="cause"><strong>For a reason of their own</strong> (${own.length}).</p>
        ${own.map((control) => card(input, control))}`
    }
  `;
}

/**
 * Renders human decisions: not applicable, accepted, attested. Controls of the last two are also listed under their
 * verdict.
 */
export function decided(input: ReportInput): Html {
  const { evaluation } = input;
  return section({
    id: 'decisions',
    title: 'Not applicable, accepted and attested',
    body: evaluation ? decisions(input, evaluation) : none(NOTHING_EVALUATED),
  });
}

function decisions(input: ReportInput, evaluation: StoredEvaluation): Html {
  const excluded = controlsOf(evaluation, 'not-applicable');
  const others = evaluation.controls.filter(
    ({ verdict, annotations }) => verdict !== 'not-applicable' && annotations.length > 0,
  );
  if (excluded.length === 0 && others.length === 0) return none('Nobody has declared anything about a control.');
  return html`
    <p>
      ${plural(excluded.length, 'control is', 'controls are')} declared not applicable. An accepted risk or an
      attestation changes no verdict; it ends by itself.
    </p>
    ${excluded.map((control) => card(input, control))}
    ${
      others.length > 0 &&
      html`<ul class="decisions">
        ${others.map(
          ({ id, title, verdict, annotations }) =>
            html`<li>
              <p><a href="#control-${id}">${title}</a> ${chip(verdict)}</p>
              ${annotations.map((annotation) => annotationNote(annotation, input))}
            </li>`,
        )}
      </ul>`
    }
  `;
}
