import { VaultKeyringError } from './errors.js';
import { readKeyFile, type KeyFile } from './key-file.js';

/** Reads a key file. @throws {VaultKeyringError} without any content of the file */
export async function readJsonFile(
  path: string,
): Promise<{ readonly json: unknown; readonly stats: KeyFile['stats'] }> {
  const { text, stats } = await readKeyFile(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    return { json: JSON.parse(text), stats };
  } catch {
    throw new VaultKeyringError(`${path} is not JSON.`, 'Name a ring or a sealing key with MIMECAST_KEYRING_FILE.');
  }
}

function unreadable(path: string, error: unknown): VaultKeyringError {
  const code = codeOf(error);
  if (code === 'ENOENT') {
    return new VaultKeyringError(
      `There is no ring of keys at ${path}.`,
      'Name one with MIMECAST_KEYRING_FILE, or make one: temporal-mimecast vault init.',
    );
  }
  return new VaultKeyringError(
    `The ring of keys at ${path} could not be read (${code}).`,
    'Let the user that runs this process read it.',
  );
}

/** Returns the system's error code: `ENOENT`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
