import { randomUUID } from 'node:crypto';
import { link, mkdir, open, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { VaultKeyringError } from './errors.js';
import { codeOf } from './read-json-file.js';

/** Creates a file. @throws {VaultKeyringError} when it exists or cannot be written */
export async function writeNewFile(path: string, text: string, mode: number): Promise<void> {
  await place(path, text, mode, (written) => linkTo(path, written));
}

/** Publishes the file with a hard link: unlike a rename, it fails when the name exists. */
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
 * Writes a temporary file in the target folder and then publishes it, so that the target is complete or absent.
 *
 * @param prepare runs on the temporary file before it is published
 * @throws {VaultKeyringError} when the file cannot be written
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
