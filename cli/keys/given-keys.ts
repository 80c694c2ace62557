import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseCredentials, type ApiVersion, type MimecastCredentials } from '../../mimecast/credentials.js';
import type { Context } from '../command.js';
import { CliError } from '../console/failures.js';
import { askForKeys, findKeys, isComplete } from './keys.js';
import type { Terminal } from '../console/terminal.js';

export interface KeysNeeded {
  /** Of the API, where the base URL tells it. */
  readonly apiVersion?: ApiVersion | undefined;
  /**
   * Looked at before a person is asked to type the keys: whether they can be sealed and sent. May answer with their
   * version, where only the connection tells it.
   */
  readonly ready?: () => Promise<ApiVersion | undefined>;
}

/** The keys of an application, from a file, the environment or a prompt; checked for their form. */
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
  const told = await ready();
  return parseCredentials(await askForKeys(found, terminal, apiVersion ?? told));
}

/** Sealed keys from a file, or from standard input for `-`. They are no secret. */
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

/** @throws CliError for a moment that has not come yet */
export function pastMoment(moment: Date | undefined, now: Date): Date | undefined {
  if (moment === undefined || moment <= now) return moment;
  throw new CliError('invalid-date', 'Keys cannot have been issued in the future.', 'Correct --issued-at.');
}
