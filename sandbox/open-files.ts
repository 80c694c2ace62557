import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Returns whether a process of this account has a file open. A file that was copied or unpacked is open in no process, whatever its
 * content is, and the system closes the files of a process that is killed.
 *
 * On Windows, which offers no such query, returns whether the process runs.
 *
 * @param pid a positive integer
 */
export async function isOpenIn(pid: number, file: string): Promise<boolean> {
  if (process.platform === 'win32') return isRunning(pid);
  return process.platform === 'linux' ? isOpenByProc(pid, file) : isOpenByLsof(pid, file);
}

/** Compares the open files of the process with the file, by device and inode. */
async function isOpenByProc(pid: number, file: string): Promise<boolean> {
  const folder = `/proc/${pid}`;
  const [wanted, owner] = await Promise.all([identityOf(file), stat(folder).catch(() => undefined)]);
  if (wanted === undefined || owner?.uid !== process.geteuid?.()) return false;
  const descriptors = await readdir(join(folder, 'fd')).catch(() => []);
  const opened = await Promise.all(descriptors.map((descriptor) => identityOf(join(folder, 'fd', descriptor))));
  return opened.includes(wanted);
}

async function identityOf(path: string): Promise<string | undefined> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined);
  return stats && `${stats.dev}:${stats.ino}`;
}

/** Asks `lsof`, which is a part of macOS. Exported for its test, which runs wherever there is an `lsof`. */
export async function isOpenByLsof(pid: number, file: string): Promise<boolean> {
  const query = ['-a', '-w', '-u', String(process.geteuid?.()), '-p', String(pid), '-t', '--', file];
  // lsof exits with 1 when it finds nothing.
  const found = await run('lsof', query).catch(() => ({ stdout: '' }));
  return found.stdout.trim() === String(pid);
}

/** True when there is a process with this number that this account may signal. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
