import { explainCommand, requirementsOf, shownName, type Rendering } from '../exports/rendering.js';
import type { AppliedAnnotation, Basis, ControlResult } from '../../model/verdicts.js';
import { isolated, html, joined, named, type Html } from './html.js';
import { definitions } from './section.js';
import { chip, severity } from './signs.js';
import { date, moment, some, spaced, VERDICT_WORDS } from './words.js';

/** Limit of list items; the export contains all of them. */
const ITEMS_SHOWN = 12;

export interface ShownControl extends Rendering {
  readonly connectionId: string;
  readonly control: ControlResult;
  /** Start of the verdict; `orBefore` when it is earlier than the period. */
  readonly since?: { readonly at: string; readonly orBefore: boolean };
  /** Digests in the provenance section. */
  readonly cited: ReadonlySet<string>;
}

/** Renders one control with all its details. */
export function controlCard(shown: ShownControl): Html {
  const { control, since, connectionId } = shown;
  const { id, title, reason, action, verdict } = control;
  const todo = verdict === 'fail' || verdict === 'unknown';
  return html`<article class="card is-${verdict}" id="control-${id}" aria-labelledby="control-${id}-heading">
    <h3 id="control-${id}-heading">${title}</h3>
    <p class="tags">${chip(verdict)} ${severity(control.severity)} <code>${id}</code></p>
    <p>${isolated(reason)}</p>
    ${action !== undefined && html`<p class="action"><strong>What to do.</strong> ${isolated(action)}</p>`}
    ${todo && html`<p class="command"><code>${explainCommand(connectionId, id)}</code></p>`}
    ${control.annotations.map((annotation) => annotationNote(annotation, shown))}
    ${definitions([
      since && ['Since', html`${moment(since.at)}${since.orBefore && ', or longer'}`],
      lastKnown(control),
      evidence(control, shown.cited),
      thresholds(control),
      ...details(control),
      control.freshUntil === undefined ? undefined : ['Good until', moment(control.freshUntil)],
      supports(control),
    ])}
  </article>`;
}

const KINDS: Readonly<Record<AppliedAnnotation['kind'], string>> = {
  'not-applicable': 'Declared not applicable',
  'accepted-risk': 'Accepted risk',
  attestation: 'Attested',
};

/** Renders an annotation, shown beside the verdict. */
export function annotationNote(annotation: AppliedAnnotation, { names }: Pick<Rendering, 'names'>): Html {
  const { kind, owner, reason, createdAt, expiresAt, expired, file } = annotation;
  return html`<p class="note">
    <strong>${KINDS[kind]}</strong> ${expired ? 'until it expired on' : 'until'} ${date(expiresAt)}: ${isolated(reason)}
    ${file && html`File ${named(file.name)}, SHA-256 <code class="digest">${file.sha256}</code>.`}
    <span class="quiet">Owner: ${named(shownName(owner, { names }))}; since ${date(createdAt)}.</span>
  </p>`;
}

type Entry = readonly [string, Html] | undefined;

function lastKnown({ lastKnown: known }: ControlResult): Entry {
  return known && ['Known last', html`${VERDICT_WORDS[known.verdict]}, on ${moment(known.at)}`];
}

function evidence({ basis }: ControlResult, cited: ReadonlySet<string>): Entry {
  if (basis.length === 0) return undefined;
  const { shown, more } = { shown: basis.slice(0, ITEMS_SHOWN), more: Math.max(0, basis.length - ITEMS_SHOWN) };
  return [
    'Rests on',
    html`${joined(
      shown.map((one) => basisText(one, cited)),
      html`<br />`,
    )}${andMore(more)}`,
  ];
}

function basisText({ source, digest, observedAt }: Basis, cited: ReadonlySet<string>): Html {
  return html`${named(source)}${observedAt !== undefined && html`, observed ${moment(observedAt)}`}${
    digest !== undefined && html`, ${digestText(digest, cited)}`
  }`;
}

/** Renders the start of a digest, linked to the full digest when the page contains it. */
function digestText(digest: string, cited: ReadonlySet<string>): Html {
  const short = html`<code>${digest.slice(0, 12)}…</code>`;
  return cited.has(digest) ? html`<a href="#body-${digest}">${short}</a>` : short;
}

function thresholds({ thresholds: limits = {} }: ControlResult): Entry {
  const entries = Object.entries(limits);
  if (entries.length === 0) return undefined;
  return [
    'Went by',
    joined(
      entries.map(([name, value]) => html`${spaced(name)} ${value}`),
      ', ',
    ),
  ];
}

function details({ details: facts = {} }: ControlResult): Entry[] {
  return Object.entries(facts).map(([name, value]) => [
    spaced(name),
    typeof value === 'object' ? itemList(value) : html`${value}`,
  ]);
}

function itemList(items: readonly string[]): Html {
  if (items.length === 0) return html`none`;
  const { shown, more } = some(items, ITEMS_SHOWN);
  return html`${joined(shown.map(named), ', ')}${andMore(more)}`;
}

const andMore = (more: number): Html | false => more > 0 && html` <span class="quiet">and ${more} more</span>`;

function supports({ mappings }: ControlResult): Entry {
  const mapped = requirementsOf(mappings);
  if (mapped.length === 0) return undefined;
  return ['Supports', html`${mapped.map(({ requirement }) => requirement.id).join(', ')}`];
}
