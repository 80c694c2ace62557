import { piecesOf } from './pieces.mjs';
import { NAMES, RULES } from './rules.mjs';
import { CHECKED } from './scope.mjs';

/** @typedef {{ path: string, line: number, kind: string, phrase: string, write: string }} Finding */

const COMPILED = RULES.map((rule) => ({ ...rule, pattern: compile(rule.find) }));

/** Words are whole words; `^` and `$` in a rule are the ends of the piece, and white space around it does not count. */
function compile(find) {
  const spaced = find.replace(/^\^/, '^\\s*').replace(/\$$/, '\\s*$').replaceAll(' ', '\\s+');
  return new RegExp(`(?<!\\w)(?:${spaced})(?!\\w)`, 'gi');
}

/** Finds what the table of words rejects in one file. @returns {Finding[]} in the order of the file */
export function findPhrases(path, source, kinds = CHECKED) {
  return piecesOf(path, source)
    .filter(({ kind }) => kinds.includes(kind))
    .flatMap((piece) => matchesIn(path, piece))
    .sort((one, other) => one.offset - other.offset)
    .map(({ offset, ...found }) => ({ path, line: lineAt(source, offset), ...found }));
}

function matchesIn(path, { kind, start, text }) {
  const applying = COMPILED.filter(
    ({ where, outside = [] }) => where.includes(kind) && !outside.some((folder) => path.startsWith(folder)),
  );
  return applying.flatMap(({ pattern, write }) =>
    [...text.matchAll(pattern)].map(({ 0: match, index }) => ({
      kind,
      phrase: match.trim().replace(/\s+/g, ' ').toLowerCase(),
      write,
      offset: NAMES.includes(kind) ? start : start + index + match.search(/\S/),
    })),
  );
}

const lineAt = (source, offset) => source.slice(0, offset).split('\n').length;
