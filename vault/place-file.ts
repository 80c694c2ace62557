import { randomUUID } from 'node:crypto';
import { link, mkdir, open, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { VaultKeyringError } from './errors.js';
import { codeOf } from './read-json-file.js';

/** Writes a file that is not there yet. @throws {VaultKeyringError} when it is, or cannot be written */
export async function writeNewFile(path: string, text: string, mode: number): Promise<void> {
  await place(path, text, mode, (written) => linkTo(path, written));
}

/** A link, unlike a rename, fails when the name is taken. */
async function linkTo(path: string, written: string): Promise<void> {
  try {
    await link(written, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    throw new VaultKeyringError(
      `${path} is there already and was left as it is.`,
      'Use it, or give another file name.',
    );
  }
}

/**
 * Writes a file beside its place and then publishes it, so that it is there whole or not at all.
 *
 * @param prepare what else is done to it before anybody can see it
 * @throws {VaultKeyringError} when it cannot be written
 */
export async function place(
  path: string,
  text: string,
  mode: number,
  publish: (written: string) => Promise<void>,
  prepare?: (written: FileHandle) => Promise<void>,
): Promise<void> {
  const folder = dirname(resolve(path));
  const written = resolve(folder, `.${randomUUID()}.tmp`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(written, 'wx', mode);
    try {
      await file.writeFile(text);
      await prepare?.(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await publish(written);
  } catch (error) {
    if (error instanceof VaultKeyringError) throw error;
    throw new VaultKeyringError(
      `${path} could not be written (${codeOf(error)}).`,
      'Give a file in a folder that this user may write to.',
    );
  } finally {
    await unlink(written).catch(() => undefined);
  }
}
