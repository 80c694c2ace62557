import type { Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { quote } from 'shell-quote';
import { VaultExposedKeyError } from './errors.js';

/** A key file as it was read, with its owner and mode at that moment. */
export interface KeyFile {
  readonly text: string;
  readonly stats: Pick<Stats, 'uid' | 'gid' | 'mode'>;
}

/** Reads a key file. @throws the error of the system when it cannot be read */
export async function readKeyFile(path: string): Promise<KeyFile> {
  const file = await open(path);
  try {
    return { stats: await file.stat(), text: await file.readFile('utf8') };
  } finally {
    await file.close();
  }
}

/** The account of this process. */
export interface Account {
  readonly uid: number;
  readonly gids: readonly number[];
}

/**
 * Checks that no other account can read or change a private key. A group of this process may read it: secrets that Kubernetes
 * mounts belong to root, and a pod reads them as a member of its `fsGroup`.
 *
 * On Windows, which has no such modes, nothing is checked.
 *
 * @throws {VaultExposedKeyError} with the command that closes the file
 */
export function requirePrivate(path: string, { uid, gid, mode }: KeyFile['stats'], account = ourAccount()): void {
  if (account === undefined) return;
  const groupIsOurs = account.gids.includes(gid);
  const exposed = groupIsOurs ? mode & 0o027 : mode & 0o077;
  if (exposed === 0) return;
  const verb = (exposed & 0o022) === 0 ? 'read' : 'change';
  const [group = gid] = account.gids;
  throw new VaultExposedKeyError(
    `Other accounts can ${verb} ${path} (mode ${octal(mode)}).`,
    uid === account.uid
      ? `Run: chmod 600 ${quote([path])}`
      : `Run: chgrp ${groupIsOurs ? gid : group} ${quote([path])} && chmod 640 ${quote([path])}`,
  );
}

/**
 * Checks that no other account can replace a public key: keys would be sealed for the private key of that account. A group of
 * this process may write the file, as with a umask of 002.
 *
 * @throws {VaultExposedKeyError} with the command that closes the file
 */
export function requireUnchanged(path: string, { gid, mode }: KeyFile['stats'], account = ourAccount()): void {
  if (account === undefined) return;
  if ((mode & (account.gids.includes(gid) ? 0o002 : 0o022)) === 0) return;
  throw new VaultExposedKeyError(
    `Other accounts can change ${path} (mode ${octal(mode)}).`,
    `Compare it with the public key of the workers, then run: chmod 644 ${quote([path])}`,
  );
}

const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(4, '0');

function ourAccount(): Account | undefined {
  const [uid, gid] = [process.geteuid?.(), process.getegid?.()];
  if (uid === undefined || gid === undefined) return undefined;
  return { uid, gids: [gid, ...(process.getgroups?.() ?? [])] };
}
