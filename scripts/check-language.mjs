/**
 * Checks that names, comments and documents are in plain technical English: no phrase that the table in `language/rules.mjs` rejects.
 *
 * Usage: `node scripts/check-language.mjs [file …]`. Without files it reads the whole checkout.
 *
 * Our own rather than a linter for prose: those read Markdown and spell-check words, and none reads the names in a program, which is
 * where half of the rules apply. Programs are parsed by TypeScript and Markdown by mdast, so that code and strings are left out exactly.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPhrases } from './language/find-phrases.mjs';
import { ALLOWED, IGNORED } from './language/scope.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const READ = /\.(ts|mts|cts|js|mjs|cjs|md|yml)$|^\.ci\/run$|^package\.json$/;

const toPath = (file) => relative(root, file).split(sep).join('/');

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = join(folder, entry.name);
    if (IGNORED.includes(entry.name) || IGNORED.includes(toPath(file))) return [];
    return entry.isDirectory() ? filesBelow(file) : [toPath(file)];
  });
}

const isAllowed = ({ path, phrase }) => ALLOWED.some((entry) => entry.path === path && entry.phrase === phrase);

const named = process.argv.slice(2);
const paths =
  named.length > 0 ? named.map((file) => toPath(resolve(file))) : filesBelow(root).filter((path) => READ.test(path));

const found = paths.flatMap((path) => findPhrases(path, readFileSync(join(root, path), 'utf8')));
const failing = found.filter((finding) => !isAllowed(finding));
for (const { path, line, phrase, write } of failing) console.log(`${path}:${line}  "${phrase}"  →  ${write}`);

const unused =
  named.length > 0
    ? []
    : ALLOWED.filter((entry) => !found.some(({ path, phrase }) => path === entry.path && phrase === entry.phrase));
for (const { path, phrase } of unused)
  console.log(`scripts/language/scope.mjs  "${phrase}" in ${path} is allowed but not there.`);

if (failing.length > 0)
  console.log(`${failing.length} phrases to rewrite. The table of words: scripts/language/rules.mjs.`);
process.exitCode = failing.length + unused.length > 0 ? 1 : 0;
