import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Another `dev` runs on the same data folder; the message is one line that says what to do. */
export class DevLockedError extends Error {
  override readonly name = 'DevLockedError';
}

/** A process, told apart from a later one with the same number where the system says when it began. */
interface Holder {
  readonly pid: number;
  readonly began?: string;
}

const NOBODY: Holder = { pid: 0 };

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
      await clearStale(file);
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

/** Clearing takes a moment: a guard that is older was left behind by a process that was killed in that very moment. */
const GUARD_LIFE_MS = 10_000;
const LOOK_AGAIN_MS = 20;

/**
 * Removes a lock whose holder is gone. One at a time: between the look at a lock and its removal nobody else may have removed
 * it and taken the folder.
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

/** None when there is no lock. What is there and cannot be read belongs to nobody. */
async function readHolder(file: string): Promise<Holder | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return NOBODY;
  }
}

function isAlive(holder: Holder): boolean {
  if (holder === NOBODY) return false;
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
