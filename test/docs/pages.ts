import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import GithubSlugger from 'github-slugger';
import { marked, type Token, type Tokens } from 'marked';

/** The documents of the repository, taken apart. Nothing of them is copied into a test: tests read the pages themselves. */

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Page {
  /** From the root of the repository: `docs/operating.md`. */
  readonly path: string;
  readonly blocks: readonly Block[];
  readonly tables: readonly Table[];
  /** Texts in backticks outside of blocks. */
  readonly spans: readonly Span[];
  readonly links: readonly Span[];
  /** Names of the headings, as GitHub makes them: what may follow `#` in a link. */
  readonly anchors: ReadonlySet<string>;
}

/** A code block. Its info string is a language, words for the tests, and `name=value` pairs. */
export interface Block {
  /** `docs/operating.md:12`, for messages. */
  readonly where: string;
  readonly language: string;
  readonly words: readonly string[];
  /** The value of `file=…`: the block is this file. */
  readonly file?: string;
  readonly text: string;
}

export interface Span {
  readonly where: string;
  readonly text: string;
}

export interface Table {
  /** The nearest heading above it. */
  readonly heading: string;
  readonly header: readonly string[];
  /** Cells as Markdown. */
  readonly rows: readonly (readonly string[])[];
}

export function page(path: string): Page {
  const found = PAGES.find((known) => known.path === path);
  if (!found) throw new Error(`There is no page ${path}.`);
  return found;
}

/** The only table under a heading. */
export function tableUnder({ path, tables }: Page, heading: string): Table {
  const found = tables.filter((table) => table.heading === heading);
  if (found.length !== 1 || !found[0]) throw new Error(`${path} has ${found.length} tables under "${heading}".`);
  return found[0];
}

/** The texts in backticks of a cell. */
export const codeIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);

function parsePage(path: string, markdown: string): Page {
  const slugger = new GithubSlugger();
  const blocks: Block[] = [];
  const tables: Table[] = [];
  const spans: Span[] = [];
  const links: Span[] = [];
  const anchors = new Set<string>();
  let heading = '';
  let line = 1;

  for (const token of marked.lexer(markdown)) {
    const where = `${path}:${line}`;
    line += token.raw.split('\n').length - 1;
    walk(token, (inner) => {
      if (isA<Tokens.Heading>(inner, 'heading')) {
        heading = inner.text;
        anchors.add(slugger.slug(textOf(inner)));
      }
      if (isA<Tokens.Code>(inner, 'code')) blocks.push(blockOf(inner, where));
      if (isA<Tokens.Table>(inner, 'table')) tables.push(tableOf(inner, heading));
      if (isA<Tokens.Codespan>(inner, 'codespan')) spans.push({ where, text: inner.text });
      if (isA<Tokens.Link>(inner, 'link')) links.push({ where, text: inner.href });
    });
  }
  return { path, blocks, tables, spans, links, anchors };
}

/** Tokens of the library have a type of their own for extensions, so that the compiler cannot tell them apart by `type`. */
const isA = <Kind extends { readonly type: string }>(token: Token, type: Kind['type']): token is Kind & Token =>
  token.type === type;

function walk(token: Token, visit: (token: Token) => void): void {
  visit(token);
  if (isA<Tokens.Table>(token, 'table')) {
    for (const cell of [token.header, ...token.rows].flat()) for (const inner of cell.tokens) walk(inner, visit);
  }
  if (isA<Tokens.List>(token, 'list')) for (const item of token.items) walk(item, visit);
  for (const inner of ('tokens' in token ? token.tokens : undefined) ?? []) walk(inner, visit);
}

const textOf = ({ tokens }: Tokens.Heading): string =>
  tokens.map((token) => ('text' in token ? String(token.text) : token.raw)).join('');

function blockOf({ lang = '', text }: Tokens.Code, where: string): Block {
  const [language = '', ...words] = lang.split(' ').filter((word) => word !== '');
  const file = words.find((word) => word.startsWith('file='))?.slice('file='.length);
  return { where, language, words, ...(file !== undefined && { file }), text };
}

const tableOf = ({ header, rows }: Tokens.Table, heading: string): Table => ({
  heading,
  header: header.map(({ text }) => text),
  rows: rows.map((cells) => cells.map(({ text }) => text)),
});

const paths = (): string[] => [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

export const PAGES: readonly Page[] = paths().map((path) => parsePage(path, readFileSync(join(ROOT, path), 'utf8')));

/** The pages that describe the product as it is; the changelog describes what it was. */
export const GUIDES: readonly Page[] = PAGES.filter(({ path }) => path !== 'CHANGELOG.md');
