/**
 * Makes a checkout ready to run: packages, build, Temporal CLI. Needs nothing but Node, says what it does on stderr
 * (stdout belongs to the command that follows), and is quick when nothing is to do.
 */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build, isBuilt, run } from './build.mjs';

const OLDEST_NODE = [20, 19];
const LOCK_POLL_MS = 200;
const LOCK_STALE_MS = 15 * 60_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const lock = join(root, '.tools', 'set-up.lock');

const say = (line) => process.stderr.write(`set-up: ${line}\n`);

function fail(line) {
  say(line);
  process.exit(1);
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const recent = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  if (!recent)
    fail(
      `Node ${OLDEST_NODE.join('.')} or newer is needed, this is ${process.versions.node}. Install it from https://nodejs.org.`,
    );
}

/** Compares the lockfile with npm's own record of what it installed: packages for other platforms may be missing. */
function packagesAreInstalled() {
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  if (installed === undefined || wanted === undefined) return false;

  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    if (found === undefined) return entry.optional === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

function installPackages() {
  say('installing packages (npm ci)');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const done = npm?.endsWith('.js')
    ? run(process.execPath, [npm, ...args])
    : run('npm', args, process.platform === 'win32');
  if (!done) fail('the packages could not be installed; npm says why above. It needs its registry, or a filled cache.');
}

function buildSources() {
  say('building');
  if (!build()) fail('the build failed; the compiler says why above.');
}

function findTemporalCli() {
  const found = run(process.execPath, [join(root, 'dist', 'sandbox', 'find-temporal-cli.js')]);
  if (!found) process.exit(1);
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** One set-up at a time in a checkout: two would install into the same folder. */
async function withLock(work) {
  mkdirSync(join(root, '.tools'), { recursive: true });
  let told = false;
  while (!takeLock()) {
    if (!told) say('waiting for another set-up in this folder');
    told = true;
    await sleep(LOCK_POLL_MS);
  }
  const release = () => rmSync(lock, { force: true });
  process.once('exit', release);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
  work();
  process.removeListener('exit', release);
  release();
}

function takeLock() {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (lockIsStale()) rmSync(lock, { force: true });
    return false;
  }
}

/** Its process is gone, or it is so old that its number belongs to another by now. */
function lockIsStale() {
  try {
    if (Date.now() - statSync(lock).mtimeMs > LOCK_STALE_MS) return true;
    const holder = Number(readFileSync(lock, 'utf8'));
    if (!(holder > 0)) return false;
    process.kill(holder, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

requireNode();
if (!packagesAreInstalled() || !isBuilt()) {
  await withLock(() => {
    if (!packagesAreInstalled()) installPackages();
    if (!isBuilt()) buildSources();
  });
}
findTemporalCli();
