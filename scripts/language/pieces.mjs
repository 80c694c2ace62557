/**
 * Takes files apart into pieces of text, each of one kind.
 *
 * A piece of prose is as long as its source, character by character: what is not prose (comment marks, code, line breaks) is replaced by
 * fillers. An offset in the piece is therefore an offset from its start in the file.
 */
import { fromMarkdown } from 'mdast-util-from-markdown';
import { forEachComment } from 'ts-api-utils';
import ts from 'typescript';

/** @typedef {{ kind: string, start: number, text: string }} Piece */

/** Stands for code inside prose. No rule matches it, so that a phrase does not continue across it. */
const CODE = '\u0001';

const PROGRAM = /\.(ts|mts|cts|js|mjs|cjs)$/;

/** @returns {Piece[]} */
export function piecesOf(path, source) {
  const file = { kind: 'files', start: 0, text: wordsOf(path.slice(path.lastIndexOf('/') + 1)) };
  if (PROGRAM.test(path)) return [file, ...piecesOfProgram(path, source)];
  if (path.endsWith('.md')) return [file, ...piecesOfMarkdown(source)];
  return [file, { kind: 'docs', start: 0, text: source }];
}

/** Splits an identifier or a file name into words in lower case, joined by spaces. */
function wordsOf(name) {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .toLowerCase();
}

function piecesOfProgram(path, source) {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  return [...commentsOf(file), ...namesAndTextsOf(file)];
}

/** Comments, with those of consecutive `//` lines joined to one. */
function commentsOf(file) {
  const ranges = [];
  forEachComment(file, (source, { pos, end, kind }) => {
    const last = ranges.at(-1);
    const isLine = kind === ts.SyntaxKind.SingleLineCommentTrivia;
    if (isLine && last?.isLine && /^\s*$/.test(source.slice(last.end, pos))) last.end = end;
    else ranges.push({ pos, end, isLine });
  });
  return ranges.map(({ pos, end }) => {
    const comment = file.text.slice(pos, end);
    return { kind: comment.startsWith('/**') ? 'docComments' : 'comments', start: pos, text: proseOfComment(comment) };
  });
}

const blank = (mark) => ' '.repeat(mark.length);
const hide = (code) => CODE.repeat(code.length);

function proseOfComment(comment) {
  return comment
    .replace(/^\/\*\*?|\*\/$/g, blank)
    .replace(/^[ \t]*(\/\/|\*)/gm, blank)
    .replace(/`[^`]*`|\{@\w+[^}]*\}|@param\s+(\{[^}]*\}\s*)?\S+|@\w+(\s+\{[^}]*\})?/g, hide);
}

function namesAndTextsOf(file) {
  const pieces = [];
  const visit = (node) => {
    const kind = kindOfDeclaration(node);
    if (kind !== undefined) pieces.push({ kind, start: node.name.getStart(file), text: wordsOf(node.name.text) });
    const text = textOf(node, file);
    if (text !== undefined) pieces.push({ kind: 'texts', start: node.getStart(file), text });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return pieces;
}

/** The kind of name that a node declares; none where it declares nothing, a property, or repeats a name from elsewhere. */
function kindOfDeclaration(node) {
  if (node.name === undefined || !ts.isIdentifier(node.name)) return undefined;
  if (
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isClassLike(node) ||
    ts.isEnumDeclaration(node)
  ) {
    return 'types';
  }
  if (ts.isFunctionLike(node) && !ts.isMethodSignature(node)) return 'functions';
  if (ts.isVariableDeclaration(node)) return isFunction(node.initializer) ? 'functions' : 'variables';
  if (ts.isParameter(node)) return 'variables';
  if (ts.isBindingElement(node) || ts.isImportSpecifier(node))
    return node.propertyName === undefined ? undefined : 'variables';
  return undefined;
}

const isFunction = (node) => node !== undefined && (ts.isArrowFunction(node) || ts.isFunctionExpression(node));

/** A string literal or template that people may read: one with a space in it, which is no type and no module's name. */
function textOf(node, file) {
  const isWhole = ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node);
  if (!isWhole && !ts.isTemplateExpression(node)) return undefined;
  if (ts.isLiteralTypeNode(node.parent) || ts.isImportDeclaration(node.parent)) return undefined;

  let text = node.getText(file);
  for (const { expression } of isWhole ? [] : node.templateSpans) {
    const from = expression.getStart(file) - node.getStart(file);
    const to = expression.getEnd() - node.getStart(file);
    text = text.slice(0, from) + CODE.repeat(to - from) + text.slice(to);
  }
  return text.includes(' ') ? text : undefined;
}

/** Paragraphs, headings, list items and table cells, without code. */
function piecesOfMarkdown(source) {
  const text = CODE.repeat(source.length).split('');
  const copy = ({ start, end }) => {
    for (let at = start.offset; at < end.offset; at += 1) text[at] = source[at];
  };
  const visit = (node) => {
    if (node.type === 'text') copy(node.position);
    for (const child of node.children ?? []) visit(child);
  };
  visit(fromMarkdown(source));
  return [{ kind: 'docs', start: 0, text: text.join('') }];
}
