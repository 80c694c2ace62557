import { realpath, rm, stat } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { isAbsolute, join, sep } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { DataFolderError, isOwnFile, readOwnFile, requireClosedFolder } from './data-folder.js';
import { readDevLock } from './dev-lock.js';

const NOT_LOOPBACK = 'must be an address on loopback';

/** Host names are rejected: a name server decides what they resolve to. `dev` writes 127.0.0.1. */
const isLoopback = (host: string): boolean => host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));

/** `127.0.0.1:7233` */
const hostAndPort = z
  .string()
  .max(100)
  .refine(
    (text) => {
      const [, host = '', port = ''] = /^([\d.]+|\[::1\]):(\d{1,5})$/.exec(text) ?? [];
      return isLoopback(host) && isPort(port);
    },
    { error: NOT_LOOPBACK },
  );

/**
 * A URL with a loopback host and a port. A query is rejected, because in the URL of a database it can name another host.
 *
 * @param protocol with its colon, as `URL` has it
 * @param hasUser whether the URL holds a user and a password
 */
const loopbackUrl = (protocol: string, hasUser: boolean) =>
  z
    .string()
    .max(500)
    .refine(
      (text) => {
        const url = URL.canParse(text) ? new URL(text) : undefined;
        if (url?.protocol !== protocol || !isLoopback(url.hostname) || !isPort(url.port)) return false;
        return !/[?#]/.test(text) && (hasUser || url.username + url.password === '');
      },
      { error: NOT_LOOPBACK },
    );

const isPort = (text: string): boolean => Number(text) >= 1 && Number(text) <= 65_535;

const path = z.string().max(4_096).refine(isAbsolute, { error: 'must be an absolute path' });

const ADDRESSES = z.object({
  pid: z.int().min(1),
  /** ISO, UTC. */
  startedAt: z.iso.datetime(),
  temporalAddress: hostAndPort,
  namespace: z.string().min(1).max(255),
  uiUrl: z.literal('').or(loopbackUrl('http:', false)),
  databaseUrl: loopbackUrl('postgres:', true),
  keyringFile: path,
  simulatorUrl: loopbackUrl('http:', false),
  /** File with the four keys of the simulated tenant, as lines `MIMECAST_…=…`. */
  keysFile: path,
});

/** Addresses of the servers of a `dev`. Contains the database password. */
export type DevAddresses = Readonly<z.output<typeof ADDRESSES>>;

/** `run` is that of the lock of the `dev` that wrote the file. */
const FILE = ADDRESSES.extend({ run: z.uuid() });

const addressesFile = (dataDir: string): string => join(dataDir, 'dev.json');

/** Writes the addresses of a `dev` to its data folder, for the other commands. */
export async function writeDevAddresses(dataDir: string, run: string, addresses: DevAddresses): Promise<void> {
  const text = `${JSON.stringify({ run, ...addresses }, undefined, 2)}\n`;
  await writeFileAtomic(addressesFile(dataDir), text, { mode: 0o600 });
}

export const removeDevAddresses = (dataDir: string): Promise<void> => rm(addressesFile(dataDir), { force: true });

/**
 * Reads the addresses of the `dev` that runs on a data folder. They decide where keys are sent, so they are used only when no other
 * account can read or write the folder, a process of this account holds its lock, all addresses are on loopback, and the key files are in
 * the folder.
 *
 * @returns undefined when no `dev` runs there, also when one was killed or is still starting
 * @throws {DataFolderError} when there is a lock, and the folder, the lock or the addresses are not safe to use
 */
export async function readDevAddresses(dataDir: string): Promise<DevAddresses | undefined> {
  if (!(await exists(join(dataDir, 'dev.lock')))) return undefined;
  const folder = await requireClosedFolder(dataDir);
  const lock = await readDevLock(folder);
  if (lock === undefined) return undefined;

  const text = await readOwnFile(addressesFile(folder));
  if (text === undefined) return undefined;
  const { run, ...addresses } = parseFile(text, addressesFile(folder));
  if (run !== lock.run) return undefined;
  for (const file of [addresses.keyringFile, addresses.keysFile]) await requireInside(folder, file);
  return addresses;
}

/** @throws {DataFolderError} naming the first field that is wrong, without its value */
function parseFile(text: string, file: string): z.output<typeof FILE> {
  const { data, error } = FILE.safeParse(jsonIn(text));
  if (data !== undefined) return data;
  const [issue] = error.issues;
  const what = issue === undefined ? 'it is invalid' : `${issue.path.join('.') || 'the document'}: ${issue.message}`;
  throw new DataFolderError(`The addresses in ${file} cannot be used (${what}).`, RESTART);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Rejects a key file outside the folder: another account may have its private key. */
async function requireInside(folder: string, file: string): Promise<void> {
  const place = await realpath(file).catch(() => undefined);
  if (place?.startsWith(folder + sep) && isOwnFile(await stat(place))) return;
  throw new DataFolderError(`The key file ${file} is not a file of this account in ${folder}.`, RESTART);
}

const RESTART = 'Stop dev and start it again: temporal-mimecast dev';

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
