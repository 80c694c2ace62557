import { FRAMEWORKS, type Framework } from '../exports/rendering.js';
import type { Requirement } from '../../model/verdicts.js';
import { html, joined, type Html } from './html.js';
import type { ReportInput } from './input.js';
import { none, section, table } from './section.js';
import { chip } from './signs.js';

const ORDER = Object.keys(FRAMEWORKS) as Framework[];

/** Renders the requirements that each control supports. */
export function mappings({ evaluation }: ReportInput): Html {
  return section({
    id: 'mappings',
    title: 'Mappings',
    body: evaluation
      ? html`
          <p>
            A control <em>supports</em> the requirements beside it; it never satisfies one alone. Where none clearly
            fits, the place is empty.
          </p>
          ${table(
            'Requirements that each control supports',
            ['Control', 'Verdict', ...ORDER.map((framework) => FRAMEWORKS[framework])],
            evaluation.controls.map(
              ({ id, verdict, mappings: mapped }) =>
                html`<tr>
                  <th scope="row"><a href="#control-${id}">${id}</a></th>
                  <td>${chip(verdict)}</td>
                  ${ORDER.map((framework) => html`<td>${requirements(mapped[framework])}</td>`)}
                </tr>`,
            ),
          )}
        `
      : none('Nothing has been evaluated.'),
  });
}

const requirements = (all: readonly Requirement[]): Html =>
  all.length === 0
    ? html`<span class="quiet">none</span>`
    : joined(
        all.map(({ id, title }) => html`<strong>${id}</strong> ${title}`),
        html`<br />`,
      );
