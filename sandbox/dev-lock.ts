import { randomUUID } from 'node:crypto';
import { link, mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { quote } from 'shell-quote';
import { z } from 'zod';
import { DataFolderError, readOwnFile } from './data-folder.js';
import { isOpenIn, isRunning } from './open-files.js';

/** Another `dev` runs on the same data folder. The message is one line that says what to do. */
export class DevLockedError extends Error {
  override readonly name = 'DevLockedError';
}

/** Content of a lock: the process that holds it, and the id of this run of `dev`. Locks of version 0.3.0 have no run. */
const HOLDER = z.object({
  pid: z
    .int()
    .min(1)
    .max(2 ** 31 - 1),
  run: z.uuid().optional(),
});

type Holder = z.output<typeof HOLDER>;

/** A parsed lock; `damaged` when the file has another content. */
type Lock = Holder | 'damaged' | undefined;

/** A lock on a data folder, held by this process. */
export interface DataDirLock {
  /** Identifies this run of `dev`. A pid does not: pids are reused. */
  readonly run: string;
  /** Releases the lock. */
  release(): Promise<void>;
}

const lockFile = (dataDir: string): string => join(dataDir, 'dev.lock');

/**
 * Locks a data folder for this process. The lock of a `dev` that was killed is removed.
 *
 * The lock file stays open while the lock is held. A lock file that was left behind, copied or unpacked from an archive is open
 * in no process.
 *
 * @throws {DevLockedError} when a running process has the lock
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  const file = lockFile(dataDir);
  const run = randomUUID();
  const mine = `${file}.${run}`;
  const opened = await open(mine, 'wx', 0o600);
  try {
    await opened.writeFile(JSON.stringify({ pid: process.pid, run } satisfies Holder));
    // A hard link publishes the complete lock file atomically.
    while (!(await tryLink(mine, file))) {
      const seen = await look(file);
      if (typeof seen === 'object') throw alreadyTaken(seen, dataDir);
      await clearStale(file);
    }
  } catch (error) {
    await opened.close();
    throw error;
  } finally {
    await rm(mine, { force: true });
  }
  return {
    run,
    async release() {
      await rm(file, { force: true });
      await opened.close();
    },
  };
}

/**
 * Reads the lock of the `dev` that runs on a data folder.
 *
 * @returns undefined when there is no lock, or no process of this account holds it
 * @throws {DataFolderError} when the lock is not one that dev wrote for this account
 */
export async function readDevLock(dataDir: string): Promise<Holder | undefined> {
  const file = lockFile(dataDir);
  const lock = parseLock(await readOwnFile(file));
  if (lock === 'damaged') {
    throw new DataFolderError(`${file} is not a lock that dev wrote.`, `Remove it: rm ${quote([file])}`);
  }
  return lock && (await isOpenIn(lock.pid, file)) ? lock : undefined;
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Age at which a guard counts as left behind by a killed process; clearing a lock takes much less. */
const GUARD_LIFE_MS = 10_000;
const LOOK_AGAIN_MS = 20;

/**
 * Removes a lock whose process has ended. The guard prevents a race: another process could remove the lock and take the
 * folder between the check and the removal.
 */
async function clearStale(file: string): Promise<void> {
  const guard = `${file}.clearing`;
  try {
    await mkdir(guard);
  } catch {
    await waitFor(guard);
    return;
  }
  try {
    if ((await look(file)) === 'stale') await rm(file, { force: true });
  } finally {
    await rm(guard, { recursive: true, force: true });
  }
}

async function waitFor(guard: string): Promise<void> {
  const age = await stat(guard).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  if (age > GUARD_LIFE_MS) await rm(guard, { recursive: true, force: true });
  else await sleep(LOOK_AGAIN_MS);
}

/** Returns the holder of a lock file. A lock that another account wrote is stale. */
async function look(file: string): Promise<Holder | 'none' | 'stale'> {
  const lock = await readOwnFile(file).then(parseLock, (): Lock => 'damaged');
  if (lock === undefined) return 'none';
  return lock !== 'damaged' && (await isHeld(lock, file)) ? lock : 'stale';
}

/** Version 0.3.0 did not keep its lock file open, so for its locks only the process is checked. */
async function isHeld({ pid, run }: Holder, file: string): Promise<boolean> {
  return run === undefined ? pid !== process.pid && isRunning(pid) : await isOpenIn(pid, file);
}

function parseLock(text: string | undefined): Lock {
  if (text === undefined) return undefined;
  try {
    return HOLDER.parse(JSON.parse(text));
  } catch {
    return 'damaged';
  }
}

function alreadyTaken({ pid, run }: Holder, dataDir: string): DevLockedError {
  const unsure = run === undefined ? ` If that process is another program: rm ${quote([lockFile(dataDir)])}` : '';
  return new DevLockedError(
    `Another dev (process ${pid}) runs on ${dataDir}. Use it, stop it, or set MIMECAST_DATA_DIR to another folder.${unsure}`,
  );
}
