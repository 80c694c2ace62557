import { constants, type Stats } from 'node:fs';
import { chmod, lstat, mkdir, open, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { quote } from 'shell-quote';

/** A data folder that is not safe to use. The message ends with the command that helps. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
  readonly nextStep: string;

  constructor(problem: string, nextStep: string) {
    super(`${problem} ${nextStep}`);
    this.nextStep = nextStep;
  }
}

/** Write access of the group and of others. */
const OTHERS_WRITE = 0o022;

/** Files of `dev` have less than 2 KB. */
const MAX_FILE_BYTES = 64 * 1024;

/** Undefined on Windows, where neither owners nor modes are checked. */
const ourUid = (): number | undefined => process.geteuid?.();

/**
 * Mode of a data folder: 0700. Root's folder is 0711, because Postgres then runs as another account and has its data below it;
 * that account can pass through the folder, but not list it.
 */
const folderMode = (): number => (ourUid() === 0 ? 0o711 : 0o700);

/**
 * Prepares a data folder for `dev`: creates it, or removes read access of other accounts, which version 0.3.0 left.
 *
 * @param log receives one line when an existing folder is closed
 * @returns the real path
 * @throws {DataFolderError} when the folder belongs to another account, or other accounts can write to it
 */
export async function prepareDataFolder(path: string, log: (line: string) => void): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  const created = await createFolder(path);
  const folder = await requireOwnFolder(path);
  const mode = folderMode();
  const before = (await stat(folder)).mode & 0o777;
  if (created) await chmod(folder, mode);
  else if (ourUid() !== undefined && (before & ~mode) !== 0) {
    await closeFolder(folder, before & mode);
    log(`Other accounts could read ${folder} (mode ${octal(before)}). Its mode is now ${octal(before & mode)}.`);
  }
  return folder;
}

/** Creates a folder with mode 0700 inside the data folder, or closes an existing one and the files in it. */
export async function preparePrivateFolder(path: string): Promise<void> {
  await createFolder(path);
  const { uid } = await stat(path);
  if (ourUid() !== undefined && isOurs(uid)) await closeFolder(path, 0o700);
}

async function createFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return false;
  }
}

/** Sets the mode of a folder, and 0600 on the files in it. Subfolders belong to the servers that use them. */
async function closeFolder(folder: string, mode: number): Promise<void> {
  await chmod(folder, mode);
  for (const name of await readdir(folder)) {
    const entry = await lstat(join(folder, name));
    if (entry.isFile() && isOurs(entry.uid) && (entry.mode & 0o077) !== 0) await chmod(join(folder, name), 0o600);
  }
}

/**
 * Checks that a data folder belongs to this account, also when a link leads to it, and that no other account can write to it.
 *
 * @returns the real path
 * @throws {DataFolderError}
 */
export async function requireOwnFolder(path: string): Promise<string> {
  const link = await lstat(path);
  const folder = await realpath(path);
  const target = await stat(folder);
  if (!target.isDirectory()) throw new DataFolderError(`${path} is not a folder.`, USE_YOUR_OWN);
  if (!isOurs(target.uid)) throw foreign(path, target.uid);
  // Root may place a link for an account. A link of another account chooses the folder for us.
  if (link.isSymbolicLink() && link.uid !== 0 && !isOurs(link.uid)) throw foreign(path, link.uid);
  if (ourUid() !== undefined && (target.mode & OTHERS_WRITE) !== 0) {
    throw new DataFolderError(
      `Other accounts can write to the data folder ${folder} (mode ${octal(target.mode)}).`,
      `Check what is in it, then run: chmod ${octal(target.mode & folderMode())} ${quote([folder])}`,
    );
  }
  return folder;
}

/**
 * Checks that a data folder belongs to this account, and that its mode is the one that `dev` gives it.
 *
 * @returns the real path
 * @throws {DataFolderError}
 */
export async function requireClosedFolder(path: string): Promise<string> {
  const folder = await requireOwnFolder(path);
  const { mode } = await stat(folder);
  if (ourUid() === undefined || (mode & 0o777 & ~folderMode()) === 0) return folder;
  throw new DataFolderError(
    `Other accounts can read the data folder ${folder} (mode ${octal(mode)}).`,
    `Run: chmod ${octal(mode & folderMode())} ${quote([folder])}`,
  );
}

const foreign = (path: string, uid: number): DataFolderError =>
  new DataFolderError(`The data folder ${path} belongs to another account (uid ${uid}).`, USE_YOUR_OWN);

const USE_YOUR_OWN = 'Use a folder of your own: export MIMECAST_DATA_DIR="$HOME/mimecast-data"';

/**
 * Reads a small file of the data folder that only this account can have written.
 *
 * @returns the text; nothing when there is no such file
 * @throws {DataFolderError} when it is a link or not a regular file, belongs to another account, or other accounts can write to it
 */
export async function readOwnFile(path: string): Promise<string | undefined> {
  const file = await openOwnFile(path);
  if (file === undefined) return undefined;
  try {
    const stats = await file.stat();
    if (!isOwnFile(stats) || stats.size > MAX_FILE_BYTES) throw notOurs(path);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Opens a file without following a link, and without waiting for a writer when it is a named pipe. */
async function openOwnFile(path: string) {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;
  try {
    return await open(path, (O_RDONLY ?? 0) | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw notOurs(path);
  }
}

/** True for a regular file that no other account can have written. */
export function isOwnFile(stats: Stats): boolean {
  return stats.isFile() && isOurs(stats.uid) && (ourUid() === undefined || (stats.mode & OTHERS_WRITE) === 0);
}

const notOurs = (path: string): DataFolderError =>
  new DataFolderError(`${path} is not a file that dev wrote for this account.`, `Remove it: rm -r ${quote([path])}`);

const isOurs = (uid: number): boolean => ourUid() === undefined || uid === ourUid();

const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(4, '0');

const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException).code;
