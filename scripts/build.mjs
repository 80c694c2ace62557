/**
 * Compiles the sources into dist/, and removes everything from dist/ that no source compiles to: output of files that were moved
 * or deleted would otherwise be packed. Says on stderr what goes wrong; stdout belongs to the command that runs this.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
/** State of the build. In dist/, so that a deleted dist/ is built again, and never packed. */
const MEMORY = '.build';
const stamp = join(dist, MEMORY, 'inputs');

/** True when dist/ was built from the sources as they are now. */
export const isBuilt = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs();

/** @returns whether everything compiled */
export function build() {
  rmSync(stamp, { force: true });
  const built = inputs();
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!run(process.execPath, [compiler, '-b', 'tsconfig.build.json'])) return false;
  removeStaleOutput();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, built);
  return true;
}

/** Runs a command with all of its output on stderr. */
export function run(command, args, shell = false) {
  return spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell }).status === 0;
}

/** Names, sizes and times of everything that the build reads. */
function inputs() {
  const configuration = [
    'package.json',
    'tsconfig.base.json',
    'tsconfig.build.json',
    'node_modules/.package-lock.json',
  ];
  const digest = createHash('sha256');
  for (const file of [...configuration, ...sources()]) {
    const { size, mtimeMs } = statSync(join(root, file));
    digest.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return digest.digest('hex');
}

const sources = () => JSON.parse(readFileSync(join(root, 'tsconfig.build.json'), 'utf8')).include.flatMap(sourcesOf);

/** Files of an entry of `include`, which is a file or a folder and a pattern for its `.ts` files. */
function sourcesOf(entry) {
  const [folder, ...pattern] = entry.split('/');
  if (!existsSync(join(root, folder))) return [];
  if (pattern.length === 0) return [entry];
  return filesBelow(join(root, folder))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
    .sort();
}

function removeStaleOutput() {
  const output = new Set(sources().flatMap((file) => [file.replace(/ts$/, 'js'), file.replace(/ts$/, 'd.ts')]));
  for (const name of filesBelow(dist)) {
    if (output.has(name) || name.startsWith(MEMORY)) continue;
    rmSync(join(dist, name));
    removeEmptyFolders(dirname(join(dist, name)));
  }
}

function removeEmptyFolders(folder) {
  if (folder === dist || readdirSync(folder).length > 0) return;
  rmdirSync(folder);
  removeEmptyFolders(dirname(folder));
}

function filesBelow(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return paths.map((path) => path.slice(folder.length + 1));
}

if (process.argv[1] === fileURLToPath(import.meta.url) && !build()) process.exit(1);
