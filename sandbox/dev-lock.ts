import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Another `dev` runs on the same data folder. The message is one line that says what to do. */
export class DevLockedError extends Error {
  override readonly name = 'DevLockedError';
}

/** A process. `began`, where the system provides it, distinguishes it from a later one with the same pid. */
interface Holder {
  readonly pid: number;
  readonly began?: string;
}

const NO_PROCESS: Holder = { pid: 0 };

const lockFile = (dataDir: string): string => join(dataDir, 'dev.lock');

/**
 * Locks a data folder for this process. The lock of a `dev` that was killed is removed.
 *
 * @returns a function that releases the lock
 * @throws {DevLockedError} when a running process has the lock
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  const file = lockFile(dataDir);
  const mine = `${file}.${randomUUID()}`;
  await writeFile(mine, JSON.stringify(identify(process.pid)), { mode: 0o600 });
  try {
    // A hard link publishes the complete lock file atomically.
    while (!(await tryLink(mine, file))) {
      const holder = await readHolder(file);
      if (holder !== undefined && isAlive(holder)) {
        throw new DevLockedError(
          `Another dev (process ${holder.pid}) runs on ${dataDir}. Use it, stop it, or set MIMECAST_DATA_DIR to another folder.`,
        );
      }
      await clearStale(file);
    }
  } finally {
    await rm(mine, { force: true });
  }
  return () => rm(file, { force: true });
}

/** True when a `dev` runs on a data folder. */
export async function isDataDirLocked(dataDir: string): Promise<boolean> {
  const holder = await readHolder(lockFile(dataDir));
  return holder !== undefined && isAlive(holder);
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
    const holder = await readHolder(file);
    if (holder && !isAlive(holder)) await rm(file, { force: true });
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

/** Returns undefined when there is no lock. An unreadable lock belongs to no process. */
async function readHolder(file: string): Promise<Holder | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return NO_PROCESS;
  }
}

function isAlive(holder: Holder): boolean {
  if (holder === NO_PROCESS) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return identify(holder.pid).began === holder.began;
}

/**
 * Identifies a process by boot id and start time, because pids are reused, especially after a restart of the machine or
 * container.
 */
function identify(pid: number): Holder {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop() ?? '';
    const startTicks = afterName.split(' ')[19] ?? '';
    return { pid, began: `${boot} ${startTicks}` };
  } catch {
    return { pid };
  }
}
