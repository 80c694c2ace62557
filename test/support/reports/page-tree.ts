import { parse, type DefaultTreeAdapterTypes, type ParserError } from 'parse5';

export type PageElement = DefaultTreeAdapterTypes.Element;

/** A page as a browser would take it, with everything that the standard calls an error in it. */
export interface Page {
  readonly errors: readonly string[];
  readonly elements: readonly PageElement[];
  /** Text of the page, without the markup. */
  readonly text: string;
}

export function readPage(source: string): Page {
  const errors: string[] = [];
  const document = parse(source, {
    onParseError: ({ code, startLine }: ParserError) => errors.push(`${code} in line ${startLine}`),
  });
  const elements: PageElement[] = [];
  const texts: string[] = [];
  const visit = (node: DefaultTreeAdapterTypes.Node): void => {
    if (node.nodeName === 'style') {
      elements.push(node);
      return;
    }
    if ('tagName' in node) elements.push(node);
    if ('value' in node) texts.push(node.value);
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(document);
  return { errors, elements, text: texts.join('') };
}

export const attribute = ({ attrs }: PageElement, name: string): string | undefined =>
  attrs.find((one) => one.name === name)?.value;

export const attributesOf = (page: Page, name: string): string[] =>
  page.elements.flatMap((element) => attribute(element, name) ?? []);
