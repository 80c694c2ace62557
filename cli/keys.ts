import { readFile, stat } from 'node:fs/promises';
import { password } from '@inquirer/prompts';
import { CliError } from './failures.js';
import { canAsk, type Terminal } from './terminal.js';

/** The four values of an API 1.0 application, with the words that the Mimecast console uses for them. */
const KEYS = [
  { field: 'applicationId', variable: 'MIMECAST_APPLICATION_ID', label: 'Application ID' },
  { field: 'applicationKey', variable: 'MIMECAST_APPLICATION_KEY', label: 'Application Key' },
  { field: 'accessKey', variable: 'MIMECAST_ACCESS_KEY', label: 'Access Key' },
  { field: 'secretKey', variable: 'MIMECAST_SECRET_KEY', label: 'Secret Key' },
] as const;

const PREFIX = 'MIMECAST_';

type Field = (typeof KEYS)[number]['field'];

/** What was found; not checked yet. */
export type FoundKeys = Readonly<Partial<Record<Field, string>>>;

/**
 * Reads the keys from a file or from the environment; never from arguments, which other users of the machine can see.
 * A file is taken whole: it is not mixed with the environment.
 *
 * @throws CliError when the file cannot be read, or when keys are missing and nobody can be asked for them
 */
export async function findKeys(terminal: Terminal, file: string | undefined, warn: Warn): Promise<FoundKeys> {
  const found = file === undefined ? fromVariables(terminal.env) : await fromFile(file, warn);
  const missing = missingKeys(found);
  if (missing.length === 0 || (file === undefined && canAsk(terminal))) return found;

  const names = missing.join(', ');
  throw file === undefined
    ? new CliError('missing-keys', `Keys are missing: ${names}.`, 'Set these variables, or give --keys-file FILE.')
    : new CliError('missing-keys', `${file} lacks keys: ${names}.`, `Add them to the file as KEY=VALUE or JSON.`);
}

export type Warn = (line: string) => void;

export function isComplete(keys: FoundKeys): boolean {
  return missingKeys(keys).length === 0;
}

/** Asks for what is missing. What is typed is never shown. */
export async function askForKeys(found: FoundKeys, terminal: Terminal): Promise<FoundKeys> {
  const keys: Partial<Record<Field, string>> = { ...found };
  for (const { field, label } of KEYS) {
    keys[field] ??= await password(
      { message: label, mask: '*', validate: (value) => value !== '' || 'It cannot be empty.' },
      { input: terminal.stdin, output: terminal.stderr },
    );
  }
  return keys;
}

/** Keys by the names that a prefix gives to their variables: `ACME_` for `ACME_ACCESS_KEY`. */
export function keysInEnvironment(env: Terminal['env'], prefix: string): FoundKeys {
  const found = KEYS.map(({ field, variable }) => [field, env[named(variable, prefix)]] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined && value !== ''));
}

/** Keys in a text of the form that keys files have. @param source what the text is, for messages */
export function keysInText(text: string, source: string): FoundKeys {
  return fromVariables(parseKeysFile(text, source));
}

/** The variables that are missing, by the names that the prefix gives them. */
export function missingKeys(found: FoundKeys, prefix = PREFIX): string[] {
  return KEYS.filter(({ field }) => found[field] === undefined).map(({ variable }) => named(variable, prefix));
}

const named = (variable: string, prefix: string): string => `${prefix}${variable.slice(PREFIX.length)}`;

/** Fields by the name of their variable or by their own. An empty value counts as missing. */
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
 * JSON, or lines `KEY=VALUE` as in `.env` files: comments, blank lines, `export` and quotes are allowed.
 *
 * @throws CliError that names the line, never its content
 */
export function parseKeysFile(text: string, file: string): Readonly<Record<string, unknown>> {
  return text.trimStart().startsWith('{') ? parseJson(text, file) : parseLines(text, file);
}

function parseJson(text: string, file: string): Readonly<Record<string, unknown>> {
  try {
    return { ...(JSON.parse(text) as object) };
  } catch {
    // The parser's own message quotes the text, and the text is keys.
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
