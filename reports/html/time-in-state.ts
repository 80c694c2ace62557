import type { Verdict } from '../../model/verdicts.js';
import { html, joined, type Html } from './html.js';
import type { ControlStates, ReportInput } from './input.js';
import { none, section } from './section.js';
import { fillOf, legend } from './signs.js';
import { strip } from './strip.js';
import { date, minutesText, momentText, plural, shareText, VERDICT_WORDS } from './words.js';

const VERDICTS: readonly Verdict[] = ['pass', 'fail', 'unknown', 'not-applicable'];

/** Renders the share of the period for each verdict of each control. */
export function timeInState(input: ReportInput): Html {
  const { states, period } = input;
  const known = states.filter(({ spans }) => spans.length > 0);
  return section({
    id: 'time',
    title: 'Time in each state',
    body:
      known.length === 0
        ? none('No verdict was recorded in the period.')
        : html`
            <p>
              From ${date(period.from)} on the left to ${date(period.to)} on the right. A verdict stands until the next
              record; what is empty was not evaluated.
            </p>
            ${legend(VERDICTS.map((verdict) => ({ fill: fillOf(verdict), label: VERDICT_WORDS[verdict] })))}
            <ul class="states">
              ${known.map((one) => stateOf(one, input))}
            </ul>
          `,
  });
}

function stateOf({ id, spans }: ControlStates, { period, evaluation }: ReportInput): Html {
  const title = evaluation?.controls.find((control) => control.id === id)?.title ?? id;
  const shares = sharesOf(spans, period);
  const changes = spans.length - 1;
  const text = joined(
    shares.map(({ label, ms, share }) => html`<span>${label} <strong>${share}</strong> (${minutesText(ms)})</span>`),
    ' · ',
  );
  return html`<li>
    <p class="state-title">${title}</p>
    ${strip({
      id: `time-${id}`,
      title: `Verdicts over the period: ${title}`,
      description: describe(spans, changes),
      ...period,
      parts: spans.map(({ verdict, from, to }) => ({ from, to, fill: fillOf(verdict) })),
    })}
    <p class="state-shares">${text} · <span>${changes === 0 ? 'no change' : plural(changes, 'change')}</span></p>
  </li>`;
}

interface Share {
  readonly label: string;
  readonly ms: number;
  readonly share: string;
}

function sharesOf(spans: ControlStates['spans'], period: ReportInput['period']): Share[] {
  const whole = Date.parse(period.to) - Date.parse(period.from);
  const msOf = (verdict: Verdict): number =>
    spans.filter((span) => span.verdict === verdict).reduce((sum, { from, to }) => sum + length(from, to), 0);
  const shares = VERDICTS.map((verdict) => ({ label: VERDICT_WORDS[verdict], ms: msOf(verdict) }));
  const rest = whole - shares.reduce((sum, { ms }) => sum + ms, 0);
  return [...shares, { label: 'Not evaluated', ms: rest }]
    .filter(({ ms }) => ms > 0)
    .map(({ label, ms }) => ({ label, ms, share: shareText(ms, whole) }));
}

const length = (from: string, to: string): number => Date.parse(to) - Date.parse(from);

const DESCRIBED = 12;

function describe(spans: ControlStates['spans'], changes: number): string {
  const described = spans
    .slice(-DESCRIBED)
    .map(({ verdict, from }) => `${VERDICT_WORDS[verdict]} from ${momentText(from)}`)
    .join('; ');
  return spans.length > DESCRIBED ? `${plural(changes, 'change')}. The latest: ${described}.` : `${described}.`;
}
