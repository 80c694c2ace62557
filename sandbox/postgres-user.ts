import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Account that runs Postgres when we are root, which Postgres refuses to be. */
const ACCOUNT = 'postgres';

/** User and group for `child_process`; empty when Postgres runs as ourselves. */
export interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Whom Postgres runs as: ourselves, or, when we are root, the account `postgres`, which is created when it is missing.
 *
 * @throws Error when the account is missing and cannot be created
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

/**
 * Makes sure that the account can reach a path: below a private home such as /root it cannot, and Postgres would only
 * say "Permission denied" about something else.
 *
 * @throws Error that names the path and what to do
 */
export async function requireReachable(path: string, runAs: RunAs): Promise<void> {
  if (runAs.uid === undefined) return;
  try {
    await run('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { ...runAs, cwd: '/' });
  } catch (cause) {
    throw new Error(
      `Postgres runs as the account "${ACCOUNT}", which cannot reach ${path}. ` +
        'Move it out of the private folder (or chmod o+x its parents), run as another user than root, ' +
        'or set DATABASE_URL to a Postgres of your own.',
      { cause },
    );
  }
}
