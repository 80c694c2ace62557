import { html, type Html } from './html.js';

export interface Section {
  /** Unique on the page; also the anchor. */
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

export const section = ({ id, title, body }: Section): Html =>
  html`<section id="${id}" aria-labelledby="${id}-heading">
    <h2 id="${id}-heading">${title}</h2>
    ${body}
  </section>`;

/** Renders a table that scrolls when it is wider than the page; the page itself never scrolls sideways. */
export const table = (caption: string, columns: readonly string[], rows: readonly Html[]): Html =>
  html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col">${column}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;

export const definitions = (entries: readonly (readonly [term: string, meaning: Html] | undefined)[]): Html =>
  html`<dl>
    ${entries.map(
      (entry) =>
        entry &&
        html`<div>
          <dt>${entry[0]}</dt>
          <dd>${entry[1]}</dd>
        </div>`,
    )}
  </dl>`;

export const none = (text: string): Html => html`<p class="none">${text}</p>`;

/** Renders that something was not examined, which means neither present nor absent. */
export const notLookedAt = (): Html =>
  none('This was not looked at for this report, which therefore says nothing about it.');
