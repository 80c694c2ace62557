import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseCredentials, type ApiVersion, type MimecastCredentials } from '../../mimecast/credentials.js';
import type { Context } from '../command.js';
import { CliError } from '../console/failures.js';
import { askForKeys, findKeys, isComplete } from './keys.js';
import type { Terminal } from '../console/terminal.js';

export interface KeysNeeded {
  /** API version, when the base URL determines it. */
  readonly apiVersion?: ApiVersion | undefined;
  /**
   * Runs before the user is prompted: checks that keys can be sealed and sent. May return the API version, when only
   * the connection determines it.
   */
  readonly ready?: () => Promise<ApiVersion | undefined>;
}

/** Returns the keys of an application, from a file, the environment or a prompt, with their form checked. */
export async function takeKeys(
  { terminal, output, services }: Pick<Context, 'terminal' | 'output' | 'services'>,
  keysFile: string | undefined,
  needed: KeysNeeded = {},
): Promise<MimecastCredentials> {
  const { apiVersion, ready = () => services.connections({ sealing: true }).then(() => undefined) } = needed;
  const warn = (line: string): void => {
    output.warn(line);
  };
  const found = await findKeys(terminal, keysFile, warn, apiVersion);
  if (isComplete(found)) return parseCredentials(found);
  const connectionVersion = await ready();
  return parseCredentials(await askForKeys(found, terminal, apiVersion ?? connectionVersion));
}

/** Reads sealed keys from a file, or from standard input for `-`. They are not secret. */
export async function readSealed(terminal: Terminal, file: string): Promise<string> {
  const sealed = await (file === '-' ? text(terminal.stdin) : readFile(file, 'utf8')).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new CliError('no-sealed-file', `The sealed keys in ${file} cannot be read (${code}).`, 'Check the path.');
  });
  if (sealed.trim() !== '') return sealed.trim();
  throw new CliError(
    'no-sealed-file',
    `There are no sealed keys in ${file}.`,
    'Make them: temporal-mimecast vault seal.',
  );
}

/** Checks an issue date. @throws {CliError} when it is in the future */
export function pastMoment(moment: Date | undefined, now: Date): Date | undefined {
  if (moment === undefined || moment <= now) return moment;
  throw new CliError('invalid-date', 'Keys cannot have been issued in the future.', 'Correct --issued-at.');
}
