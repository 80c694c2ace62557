import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let checkout: string;
beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'set-up-'));
  await cp(new URL('../../../scripts', import.meta.url), join(checkout, 'scripts'), { recursive: true });
  await put('package.json', '{}');
  await put('package-lock.json', lockfile({ typescript: '6.0.3' }, { 'for-other-platform': '1.0.0' }));
  await put('tsconfig.base.json', '{}');
  await put('tsconfig.build.json', JSON.stringify({ include: ['index.ts', 'sandbox/**/*.ts', 'missing/**/*.ts'] }));
  await put('sandbox/one.ts', '');
  await put('sandbox/find-temporal-cli.ts', '');
  await put('npm-cli.js', NPM);
});
afterEach(() => rm(checkout, { recursive: true, force: true }));

describe('the set-up step', () => {
  test('installs, builds and finds the Temporal CLI in a fresh checkout, with nothing on stdout', async () => {
    expect(await setUp()).toEqual({
      code: 0,
      stdout: '',
      stderr: lines('set-up: installing packages (npm ci)', 'npm ci', 'set-up: building', 'tsc', 'found'),
    });
  });

  test('does nothing but look for the Temporal CLI the second time', async () => {
    await setUp();
    expect(await setUp()).toEqual({ code: 0, stdout: '', stderr: lines('found') });
  });

  test('builds again when a source is changed, added or deleted', async () => {
    await setUp();
    await put('sandbox/one.ts', 'changed');
    expect((await setUp()).stderr).toBe(lines('set-up: building', 'tsc', 'found'));
    await put('sandbox/folder/two.ts', '');
    expect((await setUp()).stderr).toContain('tsc');
    await rm(join(checkout, 'sandbox/one.ts'));
    expect((await setUp()).stderr).toContain('tsc');
    expect((await setUp()).stderr).toBe(lines('found'));
  });

  test('removes what was built of a source that is gone', async () => {
    await put('dist/sandbox/moved.js', '');
    await put('dist/sandbox/moved.d.ts', '');
    await put('dist/gone/away.js', '');
    await put('dist/sandbox/one.js', '');
    await setUp();
    expect(await readdir(join(checkout, 'dist'))).toEqual(['.build', 'sandbox']);
    expect(await readdir(join(checkout, 'dist/sandbox'))).toEqual(['find-temporal-cli.js', 'one.js']);
  });

  test('installs again when the lockfile wants another version', async () => {
    await setUp();
    await put('package-lock.json', lockfile({ typescript: '6.0.4' }));
    expect((await setUp()).stderr).toContain('npm ci');
  });

  test('goes one at a time', async () => {
    const both = await Promise.all([setUp(), setUp()]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(both.filter(({ stderr }) => stderr.includes('npm ci\n'))).toHaveLength(1);
  });

  test('takes over from one that was killed', async () => {
    await put('.tools/set-up.lock', String(2 ** 22 + 1));
    expect((await setUp()).code).toBe(0);
  });
});

describe('what went wrong is said in one line, and nothing else is done', () => {
  test('when packages cannot be installed', async () => {
    await put('npm-cli.js', 'console.error("npm error network"); process.exit(1);');
    const { code, stderr } = await setUp();
    expect(code).toBe(1);
    expect(stderr).toContain('npm error network\nset-up: the packages could not be installed');
    expect((await setUp()).stderr).not.toContain('waiting');
  });

  test('when the build fails; it is tried again the next time', async () => {
    await setUp();
    await put('node_modules/typescript/bin/tsc', 'console.log("error TS1"); process.exit(2);');
    await put('sandbox/one.ts', 'wrong');
    const failed = {
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('error TS1\nset-up: the build failed') as string,
    };
    expect(await setUp()).toEqual(failed);
    expect(await setUp()).toEqual(failed);
  });

  test('when there is no Temporal CLI', async () => {
    await setUp();
    await put(
      'dist/sandbox/find-temporal-cli.js',
      'console.error("set-up: There is no Temporal CLI"); process.exitCode = 1;',
    );
    expect(await setUp()).toMatchObject({ code: 1, stderr: lines('set-up: There is no Temporal CLI') });
  });
});

/** Replacement for npm: "installs" a compiler that "builds" the program that looks for the Temporal CLI. */
const NPM = `
const fs = require('node:fs');
console.log('npm', process.argv[2]);
const lock = JSON.parse(fs.readFileSync('package-lock.json', 'utf8'));
for (const [path, entry] of Object.entries(lock.packages)) if (entry.optional) delete lock.packages[path];
fs.mkdirSync('node_modules/typescript/bin', { recursive: true });
fs.writeFileSync('node_modules/.package-lock.json', JSON.stringify(lock));
fs.writeFileSync('node_modules/typescript/bin/tsc', \`
const fs = require('node:fs');
console.log('tsc');
fs.mkdirSync('dist/sandbox', { recursive: true });
fs.writeFileSync('dist/sandbox/find-temporal-cli.js', 'console.log("found")');
\`);
`;

const put = async (path: string, text: string): Promise<void> => {
  await mkdir(join(checkout, path, '..'), { recursive: true });
  await writeFile(join(checkout, path), text);
};

function lockfile(wanted: Record<string, string>, optional: Record<string, string> = {}): string {
  const entries = (versions: Record<string, string>, more: object): [string, object][] =>
    Object.entries(versions).map(([name, version]) => [`node_modules/${name}`, { version, ...more }]);
  return JSON.stringify({
    packages: Object.fromEntries([...entries(wanted, {}), ...entries(optional, { optional: true })]),
  });
}

const lines = (...texts: string[]): string => texts.map((text) => `${text}\n`).join('');

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function setUp(): Promise<Outcome> {
  const child = spawn(process.execPath, [join(checkout, 'scripts/set-up.mjs')], {
    env: { ...process.env, npm_execpath: join(checkout, 'npm-cli.js') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode ?? -1, stdout, stderr };
}

async function text(stream: AsyncIterable<unknown>): Promise<string> {
  let read = '';
  for await (const chunk of stream) read += String(chunk);
  return read;
}
