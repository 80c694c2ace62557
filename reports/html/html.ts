import { htmlText } from '../../model/text.js';

/** Safe markup. Only the functions of this file create it, so that all other values are escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

type Part = Html | string | number | false | undefined | readonly Part[];

/**
 * Template tag for markup. Text is escaped, markup is inserted unchanged, lists are joined, `false` and `undefined`
 * render nothing.
 */
export function html(fixed: TemplateStringsArray, ...values: readonly Part[]): Html {
  return new Html(fixed.map((text, index) => text + (index < values.length ? markup(values[index]) : '')).join(''));
}

function markup(part: Part): string {
  if (part instanceof Html) return part.text;
  if (typeof part === 'string') return escape(part);
  if (typeof part === 'number') return String(part);
  if (part === undefined || part === false) return '';
  return part.map(markup).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for content and quoted attributes. */
const escape = (text: string): string => htmlText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** Renders foreign text, isolated so that right-to-left text does not reorder its surroundings. */
export const isolated = (text: string): Html => html`<bdi>${text}</bdi>`;

/** Limit of a displayed name. */
const NAME_LENGTH = 160;

/** Renders a foreign name, truncated; the export contains all of it. */
export function named(text: string): Html {
  const characters = Array.from(text.slice(0, 2 * NAME_LENGTH));
  if (characters.length <= NAME_LENGTH) return isolated(text);
  return html`${isolated(characters.slice(0, NAME_LENGTH).join(''))}…`;
}

/** Joins markup with a separator. */
export const joined = (parts: readonly Html[], between: Html | string): Html =>
  new Html(parts.map(({ text }) => text).join(typeof between === 'string' ? escape(between) : between.text));
