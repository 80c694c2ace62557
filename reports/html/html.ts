/** Text that is markup already. Only the functions here make it, so that whatever else is put into a page is escaped. */
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

/** Markup with values in it. Text is escaped, markup is taken as it is, a list is joined, `false` and `undefined` are nothing. */
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

/**
 * Safe as text and inside a quoted attribute. Control characters, which HTML does not allow, become the replacement character;
 * those that turn the direction of a line become visible: the names of a tenant must not reorder a report.
 */
function escape(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
    .replace(/[\u202A-\u202E\u2066-\u2069\u200E\u200F\u061C]/g, visible)
    .replace(FORBIDDEN, '\uFFFD');
}

const visible = (character: string): string =>
  `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;

/** Controls other than tab and line feed, lone surrogates and non-characters. */
const FORBIDDEN = /(?![\t\n])[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu;

/** Words of others: set apart, so that a name in a script from right to left reorders nothing around it. */
export const given = (text: string): Html => html`<bdi>${text}</bdi>`;

/** Longer names than this were not made for people. */
const NAME_LENGTH = 160;

/** A name that others gave, cut where nobody reads on; the export has all of it. */
export function named(text: string): Html {
  const characters = Array.from(text.slice(0, 2 * NAME_LENGTH));
  if (characters.length <= NAME_LENGTH) return given(text);
  return html`${given(characters.slice(0, NAME_LENGTH).join(''))}…`;
}

/** Joins markup with something between. */
export const joined = (parts: readonly Html[], between: Html | string): Html =>
  new Html(parts.map(({ text }) => text).join(typeof between === 'string' ? escape(between) : between.text));
