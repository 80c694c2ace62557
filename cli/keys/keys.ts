import { readFile, stat } from 'node:fs/promises';
import { password, select } from '@inquirer/prompts';
import type { ApiVersion } from '../../mimecast/credentials.js';
import { CliError } from '../console/failures.js';
import { canAsk, type Terminal } from '../console/terminal.js';

/** Keys of an application, with their labels in the Mimecast console. */
const KEYS = [
  { field: 'applicationId', variable: 'MIMECAST_APPLICATION_ID', label: 'Application ID', apiVersion: '1.0' },
  { field: 'applicationKey', variable: 'MIMECAST_APPLICATION_KEY', label: 'Application Key', apiVersion: '1.0' },
  { field: 'accessKey', variable: 'MIMECAST_ACCESS_KEY', label: 'Access Key', apiVersion: '1.0' },
  { field: 'secretKey', variable: 'MIMECAST_SECRET_KEY', label: 'Secret Key', apiVersion: '1.0' },
  { field: 'clientId', variable: 'MIMECAST_CLIENT_ID', label: 'Client ID', apiVersion: '2.0' },
  { field: 'clientSecret', variable: 'MIMECAST_CLIENT_SECRET', label: 'Client Secret', apiVersion: '2.0' },
] as const;

const PREFIX = 'MIMECAST_';

type Field = (typeof KEYS)[number]['field'];

/** Keys as found, not checked. */
export type FoundKeys = Readonly<Partial<Record<Field, string>>>;

/**
 * Reads the keys from a file or from the environment; never from arguments, which other users of the machine can see. A
 * file is not combined with the environment.
 *
 * @param apiVersion when known: keys of the other version are ignored
 * @throws {CliError} when the file cannot be read, or when keys are missing and the user cannot be prompted
 */
export async function findKeys(
  terminal: Terminal,
  file: string | undefined,
  warn: Warn,
  apiVersion?: ApiVersion,
): Promise<FoundKeys> {
  const all = file === undefined ? fromVariables(terminal.env) : await fromFile(file, warn);
  const found = keysOf(all, apiVersion);
  const missing = missingKeys(found, { apiVersion });
  if (missing === undefined || (file === undefined && canAsk(terminal))) return found;

  throw file === undefined
    ? new CliError('missing-keys', `Keys are missing: ${missing}.`, 'Set these variables, or give --keys-file FILE.')
    : new CliError('missing-keys', `${file} lacks keys: ${missing}.`, `Add them to the file as KEY=VALUE or JSON.`);
}

export type Warn = (line: string) => void;

export function isComplete(keys: FoundKeys): boolean {
  return missingKeys(keys) === undefined;
}

/** Prompts for missing keys. Input is hidden. @param apiVersion prompted for when unknown */
export async function askForKeys(
  found: FoundKeys,
  terminal: Terminal,
  apiVersion: ApiVersion | undefined = apiVersionsIn(found)[0],
): Promise<FoundKeys> {
  const keys: Partial<Record<Field, string>> = { ...found };
  const chosen = apiVersion ?? (await askForApiVersion(terminal));
  for (const { field, label } of KEYS.filter((key) => key.apiVersion === chosen)) {
    keys[field] ??= await password(
      { message: label, mask: '*', validate: (value) => value !== '' || 'It cannot be empty.' },
      { input: terminal.stdin, output: terminal.stderr },
    );
  }
  return keys;
}

async function askForApiVersion(terminal: Terminal): Promise<ApiVersion> {
  return await select<ApiVersion>(
    {
      message: 'Which keys are there?',
      choices: API_VERSIONS.map((value) => ({ value, name: apiVersionName(value) })),
    },
    { input: terminal.stdin, output: terminal.stderr },
  );
}

/** Newest first: Mimecast no longer issues applications of API 1.0. */
const API_VERSIONS = ['2.0', '1.0'] as const;

function apiVersionName(apiVersion: ApiVersion): string {
  const labels = KEYS.filter((key) => key.apiVersion === apiVersion).map(({ label }) => label);
  return `API ${apiVersion}: ${labels.join(', ')}`;
}

/** Reads keys from variables with a prefix: `ACME_` for `ACME_ACCESS_KEY`. */
export function keysInEnvironment(env: Terminal['env'], prefix: string): FoundKeys {
  const found = KEYS.map(({ field, variable }) => [field, env[named(variable, prefix)]] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined && value !== ''));
}

/** Parses keys in the form of key files. @param source name of the text, for messages */
export function keysInText(text: string, source: string): FoundKeys {
  return fromVariables(parseKeysFile(text, source));
}

interface MissingOptions {
  /** Prefix of the variables; default `MIMECAST_`. */
  readonly prefix?: string;
  /** API version, when known. */
  readonly apiVersion?: ApiVersion | undefined;
}

/**
 * Returns the missing variables in words, or undefined when all keys of one version are present. Keys of two versions
 * count as complete here; the check of the keys rejects them with a reason.
 */
export function missingKeys(
  found: FoundKeys,
  { prefix = PREFIX, apiVersion }: MissingOptions = {},
): string | undefined {
  const [first, second] = apiVersion === undefined ? apiVersionsIn(found) : [apiVersion];
  if (second !== undefined) return undefined;
  const missing = (of: ApiVersion): string[] =>
    KEYS.filter((key) => key.apiVersion === of && found[key.field] === undefined).map(({ variable }) =>
      named(variable, prefix),
    );
  if (first === undefined) return `${missing('1.0').join(', ')} (API 1.0), or ${missing('2.0').join(', ')} (API 2.0)`;
  const names = missing(first);
  return names.length === 0 ? undefined : names.join(', ');
}

/** Returns the API versions of which at least one key was found. */
function apiVersionsIn(found: FoundKeys): ApiVersion[] {
  return (['1.0', '2.0'] as const).filter((apiVersion) =>
    KEYS.some((key) => key.apiVersion === apiVersion && found[key.field] !== undefined),
  );
}

/** Returns the keys of one API version; all when it is unknown. */
export function keysOf(found: FoundKeys, apiVersion: ApiVersion | undefined): FoundKeys {
  if (apiVersion === undefined) return found;
  const kept = KEYS.filter((key) => key.apiVersion === apiVersion && found[key.field] !== undefined);
  return Object.fromEntries(kept.map(({ field }) => [field, found[field]]));
}

const named = (variable: string, prefix: string): string => `${prefix}${variable.slice(PREFIX.length)}`;

/** Reads keys by the name of their variable or field. An empty value counts as missing. */
function fromVariables(values: Readonly<Record<string, unknown>>): FoundKeys {
  const keys: Partial<Record<Field, string>> = {};
  for (const { field, variable } of KEYS) {
    const value = values[variable] ?? values[field];
    if (typeof value === 'string' && value !== '') keys[field] = value;
  }
  return keys;
}

async function fromFile(file: string, warn: Warn): Promise<FoundKeys> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new CliError('no-keys-file', `The keys file ${file} cannot be read (${code}).`, 'Check the path.');
  });
  if (((await stat(file)).mode & 0o077) !== 0) {
    warn(`${file} can be read by other users of this machine. Close it: chmod 600 ${file}`);
  }
  return keysInText(text, file);
}

/**
 * Parses a key file: JSON, or lines `KEY=VALUE` as in `.env` files, with comments, blank lines, `export` and quotes.
 *
 * @throws {CliError} that names the line, never its content
 */
export function parseKeysFile(text: string, file: string): Readonly<Record<string, unknown>> {
  return text.trimStart().startsWith('{') ? parseJson(text, file) : parseLines(text, file);
}

function parseJson(text: string, file: string): Readonly<Record<string, unknown>> {
  try {
    return { ...(JSON.parse(text) as object) };
  } catch {
    // The parser's message is dropped: it quotes the text, which is keys.
    throw new CliError('bad-keys-file', `${file} is not valid JSON.`, 'Mend it, or use lines KEY=VALUE.');
  }
}

function parseLines(text: string, file: string): Readonly<Record<string, unknown>> {
  const values: Record<string, string> = {};
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const [, name, quoted, plain] = /^\s*(?:export\s+)?(\w+)\s*=\s*(?:(["'].*["'])|(.*?))\s*$/.exec(line) ?? [];
    if (name === undefined) {
      throw new CliError('bad-keys-file', `Line ${index + 1} of ${file} is not KEY=VALUE.`, 'Mend it, or use JSON.');
    }
    values[name] = quoted?.slice(1, -1) ?? plain ?? '';
  }
  return values;
}
