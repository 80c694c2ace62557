import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import {
  chmod,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  symlink,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { allowReading, canExecute, canWrite, giveTo, unreachable, type RunAs } from './postgres-user.js';

/** Parent of all files that the account of Postgres cannot reach in their original place. */
const SYSTEM_FOLDER = '/var/lib/temporal-mimecast';

/**
 * Finds or creates the folder of one Postgres, private to the account that Postgres runs as.
 *
 * The folder is at `path` when the account can use it there. Below a private home such as `/root` it cannot: then the folder is
 * created in `/var/lib/temporal-mimecast`, and `path` becomes a symbolic link to it, so that later calls find the same data. Only
 * root can write to that parent, so other users can neither prepare the folder nor replace it.
 *
 * @param log receives one line when the folder is created away from `path`
 * @returns the real path
 * @throws Error with the next step when the folder is out of reach and has data, when the link leads nowhere, or when other users
 *         can write to a parent of the link's target
 */
export async function postgresFolder(path: string, runAs: RunAs, log: (line: string) => void): Promise<string> {
  const folder = (await existingFolder(path)) ?? (await createFolder(path));
  if (dirname(folder) === (await realPathOf(SYSTEM_FOLDER))) await requireTrusted(dirname(folder));
  if (await isUsable(folder, runAs)) return folder;
  if ((await readdir(folder)).length > 0) throw unreachable(folder);

  const created = await createSystemFolder(runAs);
  await rmdir(folder);
  await symlink(created, folder);
  log(`Postgres keeps its data in ${created}, because its account cannot reach ${path}, which is now a link to it.`);
  return created;
}

/**
 * Returns a folder of programs that the account of Postgres can run: the package itself, or, when the account cannot reach
 * it or may not read all of it, a copy in `/var/lib/temporal-mimecast`, made once per version.
 *
 * @param packageRoot an installed npm package
 * @param program path of one of its programs, relative to the package
 */
export async function reachablePackage(packageRoot: string, program: string, runAs: RunAs): Promise<string> {
  if (await canExecute(join(packageRoot, program), runAs)) return packageRoot;

  const { version } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  const copy = join(await systemFolder(), `${basename(packageRoot)}-${version}`);
  if ((await realPathOf(copy)) === undefined) await copyPackage(packageRoot, copy);
  if (await canExecute(join(copy, program), runAs)) return copy;
  throw unreachable(copy);
}

/** Copies a package. The copy gets its final name only when complete; of two concurrent copies one is kept. */
async function copyPackage(packageRoot: string, copy: string): Promise<void> {
  const partial = `${copy}.${randomUUID()}`;
  try {
    await cp(packageRoot, partial, { recursive: true, verbatimSymlinks: true });
    await allowReading(partial);
    await rename(partial, copy);
  } catch (error) {
    if ((await realPathOf(copy)) === undefined) throw error;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function existingFolder(path: string): Promise<string | undefined> {
  const folder = await realPathOf(path);
  if (folder !== undefined || (await lstat(path).catch(noneIfMissing)) === undefined) return folder;
  throw new Error(
    `The data of Postgres is missing: ${path} is a link to a folder that does not exist. ` +
      'Restore that folder, or delete the link to begin with an empty database.',
  );
}

async function createFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true });
  return realpath(path);
}

async function createSystemFolder(runAs: RunAs): Promise<string> {
  const created = await mkdtemp(join(await systemFolder(), 'postgres-'));
  if (await isUsable(created, runAs)) return created;
  await rmdir(created);
  throw unreachable(created);
}

async function systemFolder(): Promise<string> {
  const created = await mkdir(SYSTEM_FOLDER, { recursive: true });
  // The umask may remove permissions from new folders.
  if (created !== undefined) await chmod(SYSTEM_FOLDER, 0o755);
  const folder = await realpath(SYSTEM_FOLDER);
  await requireTrusted(folder);
  return folder;
}

async function requireTrusted(folder: string): Promise<void> {
  for (const path of withParents(folder)) {
    if (onlyRootWrites(await stat(path))) continue;
    throw new Error(
      `Postgres cannot keep its files in ${folder}: other users than root can write to ${path}. ` +
        `Run "chown root ${path} && chmod go-w ${path}", or set MIMECAST_DATA_DIR to a folder that the account of Postgres can reach.`,
    );
  }
}

function withParents(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...withParents(parent)];
}

/**
 * True when only root can create, rename or replace entries of a folder. Access control lists count: they appear in the
 * group bits.
 */
export function onlyRootWrites({ uid, mode }: Pick<Stats, 'uid' | 'mode'>): boolean {
  return uid === 0 && (mode & 0o022) === 0;
}

/** Gives the folder to the account and checks the result, because some file systems ignore a new owner or mode. */
async function isUsable(folder: string, runAs: RunAs): Promise<boolean> {
  await giveTo(runAs, folder, 0o700);
  const { uid, mode } = await stat(folder);
  const isPrivate = runAs.uid === undefined || (uid === runAs.uid && (mode & 0o077) === 0);
  return isPrivate && (await canWrite(folder, runAs));
}

const realPathOf = (path: string): Promise<string | undefined> => realpath(path).catch(noneIfMissing);

function noneIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/**
 * Checks a path that the programs of Postgres pass to a shell in double quotes. Spaces and letters of any language are safe
 * there.
 *
 * @throws {Error} that names the character that the shell would interpret
 */
export function requireShellSafe(path: string): void {
  const [character] = process.platform === 'win32' ? [] : (/["$`\\\n]/.exec(path) ?? []);
  if (character === undefined) return;
  throw new Error(
    `Postgres does not start with ${JSON.stringify(character)} in a path: ${path}. ` +
      'Rename the folder, or set MIMECAST_DATA_DIR to another one if it is the data folder.',
  );
}
