import path from 'node:path';
import * as z from 'zod/mini';
import { credentialProblems } from '../../client/apply/check.js';
import type { Problem } from '../../client/apply/problems.js';
import { fields, parse } from '../../client/apply/schema.js';
import type { ApiVersion } from '../../mimecast/credentials.js';
import { listOf, must, text } from '../../model/schemas.js';
import { CliError } from '../console/failures.js';
import {
  findKeys,
  keysInEnvironment,
  keysInText,
  keysOf,
  missingKeys,
  type FoundKeys,
  type Warn,
} from '../keys/keys.js';
import type { Terminal } from '../console/terminal.js';
import { KeysCommandError, runCommand } from './run-command.js';

/** Source of a connection's keys: exactly one of the three. */
export type KeysFrom = { readonly file: string } | { readonly command: readonly string[] } | { readonly env: string };

const PREFIX = must('must be a prefix of variables, like ACME_');

const SCHEMA = fields({
  file: z.optional(text(4_096)),
  command: z.optional(listOf(text(100_000), 1, 1_000, 'must be a list: the program and its arguments, each in quotes')),
  env: z.optional(z.string(PREFIX).check(z.regex(/^[A-Za-z_]\w*$/, PREFIX))),
});

/** Parses `keysFrom`. @returns the source, or the problems */
export function parseKeysFrom(written: unknown): { readonly source?: KeysFrom; readonly problems: readonly Problem[] } {
  const { value, problems } = parse(SCHEMA, written);
  if (!value) return { problems };
  const { file, command, env } = value;
  const sources: KeysFrom[] = [
    ...(file === undefined ? [] : [{ file }]),
    ...(command === undefined ? [] : [{ command }]),
    ...(env === undefined ? [] : [{ env }]),
  ];
  const [source] = sources;
  if (source && sources.length === 1) return { source, problems: [] };
  const message = source ? 'names more than one source of keys: keep one' : 'names no source: file, command or env';
  return { problems: [{ path: [], message }] };
}

export interface KeysSurroundings {
  readonly terminal: Terminal;
  readonly warn: Warn;
  readonly signal: AbortSignal;
  /** Folder of the file that names the source. */
  readonly folder: string;
  /** API version, when the base URL of the connection determines it. */
  readonly apiVersion?: ApiVersion | undefined;
}

/** Reads the keys and checks their form. Problems never contain what was read. */
export async function resolveKeys(
  source: KeysFrom,
  surroundings: KeysSurroundings,
): Promise<{ readonly credentials?: FoundKeys; readonly problems: readonly Problem[] }> {
  try {
    const credentials = await readKeys(source, surroundings);
    const problems = credentialProblems(credentials).map(({ message }) => ({ path: [], message }));
    return problems.length > 0 ? { problems } : { credentials, problems };
  } catch (error) {
    if (error instanceof KeysCommandError) return { problems: [{ path: ['command'], message: error.message }] };
    if (error instanceof CliError) return { problems: [{ path: [], message: `cannot be used. ${error.message}` }] };
    throw error;
  }
}

async function readKeys(
  source: KeysFrom,
  { terminal, warn, signal, folder, apiVersion }: KeysSurroundings,
): Promise<FoundKeys> {
  if ('file' in source) return await findKeys(terminal, path.resolve(folder, source.file), warn, apiVersion);
  if ('env' in source) {
    const found = keysInEnvironment(terminal.env, source.env);
    return requireAll(keysOf(found, apiVersion), 'These variables are not set', { prefix: source.env, apiVersion });
  }
  const { env, stderr } = terminal;
  const printed = await runCommand(source.command, { folder, env, stderr, signal });
  const found = keysInText(printed, 'what the command printed');
  return requireAll(keysOf(found, apiVersion), 'The command does not print', { apiVersion });
}

function requireAll(found: FoundKeys, sentence: string, options: Parameters<typeof missingKeys>[1]): FoundKeys {
  const missing = missingKeys(found, options);
  if (missing === undefined) return found;
  throw new CliError('missing-keys', `${sentence}: ${missing}.`, 'Add them.');
}
