import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Another `dev` runs on the same data folder; the message is one line that says what to do. */
export class DevLockedError extends Error {
  override readonly name = 'DevLockedError';
}

/** A process, told apart from a later one with the same number where the system says when it began. */
interface Holder {
  readonly pid: number;
  readonly began?: string;
}

const lockFile = (dataDir: string): string => join(dataDir, 'dev.lock');

/**
 * Takes a data folder for this process. What a `dev` that was killed left behind is cleared away.
 *
 * @returns gives the folder back
 * @throws DevLockedError when a running process holds it
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  const file = lockFile(dataDir);
  const mine = `${file}.${randomUUID()}`;
  await writeFile(mine, JSON.stringify(identify(process.pid)), { mode: 0o600 });
  try {
    // A link, unlike a write, shows the lock to others whole or not at all.
    while (!(await tryLink(mine, file))) {
      const holder = await readHolder(file);
      if (holder !== undefined && isAlive(holder)) {
        throw new DevLockedError(
          `Another dev (process ${holder.pid}) runs on ${dataDir}. Use it, stop it, or set MIMECAST_DATA_DIR to another folder.`,
        );
      }
      await removeStale(file, holder, `${mine}.stale`);
    }
  } finally {
    await rm(mine, { force: true });
  }
  return () => rm(file, { force: true });
}

/** Whether a `dev` runs on a data folder at this moment. */
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

/** Moves a stale lock out of the way; where another process was quicker and it is a fresh one by now, puts it back. */
async function removeStale(file: string, stale: Holder | undefined, aside: string): Promise<void> {
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  const moved = await readHolder(aside);
  if (moved !== undefined && (moved.pid !== stale?.pid || moved.began !== stale.began)) await tryLink(aside, file);
  await rm(aside, { force: true });
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return identify(holder.pid).began === holder.began;
}

/** Numbers are given again, most of all after the machine or its container starts anew. */
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
