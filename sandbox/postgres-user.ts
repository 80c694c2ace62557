import { execFile } from 'node:child_process';
import { chmod, chown } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Account that runs Postgres when the current user is root, as which Postgres refuses to run. */
const ACCOUNT = 'postgres';

/** User and group for `child_process`; empty when Postgres runs as the current user. */
export interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Returns the account that Postgres runs as: the current user or, for root, the account `postgres`, which is created when it
 * is missing.
 *
 * @throws {Error} when the account is missing and cannot be created
 */
export async function postgresUser(): Promise<RunAs> {
  if (process.getuid?.() !== 0) return {};

  return (await lookUp()) ?? (await create());
}

async function lookUp(): Promise<RunAs | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', ACCOUNT]), run('id', ['-g', ACCOUNT])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

async function create(): Promise<RunAs> {
  let cause: unknown;
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', ACCOUNT]);
  } catch (error) {
    cause = error;
  }
  const account = await lookUp();
  if (account) return account;
  throw new Error(
    `Postgres does not run as root, and the account "${ACCOUNT}" could not be created. ` +
      'Create it (useradd --system postgres), run as another user, or set DATABASE_URL to a Postgres of your own.',
    { cause },
  );
}

/** Changes the owner of a file or folder to the account, and sets its mode. */
export async function giveTo({ uid, gid }: RunAs, path: string, mode: number): Promise<void> {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
  await chmod(path, mode);
}

/** True when the account can create files in a folder; below a private home such as /root it cannot. */
export const canWrite = (folder: string, runAs: RunAs): Promise<boolean> =>
  passes('test -w "$1" -a -x "$1"', folder, runAs);

/** True when the account can run a program. */
export const canExecute = (program: string, runAs: RunAs): Promise<boolean> =>
  passes('test -r "$1" -a -x "$1"', program, runAs);

/**
 * Runs a shell test as the account. Returns true without a test when Postgres runs as the current user, whose own errors are
 * clear enough.
 */
async function passes(check: string, path: string, runAs: RunAs): Promise<boolean> {
  if (runAs.uid === undefined) return true;
  return run('/bin/sh', ['-c', check, 'sh', path], { ...runAs, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

/** Lets every account read a folder and run its programs; only the owner can write. */
export async function allowReading(folder: string): Promise<void> {
  await run('chmod', ['-R', 'a+rX,go-w', folder]);
}

/** Creates the error for a path that the account cannot use, with the next step. */
export function unreachable(path: string): Error {
  return new Error(
    `Postgres runs as the account "${ACCOUNT}", which cannot use ${path}. ` +
      'Move it out of the private folder (or chmod o+x its parents), run as another user than root, ' +
      'or set DATABASE_URL to a Postgres of your own.',
  );
}
