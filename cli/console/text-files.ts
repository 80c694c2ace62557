import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { CliError, failureOf } from './failures.js';
import type { Terminal } from './terminal.js';

/** Reads a text file. @throws {CliError} when it cannot be read */
export async function readTextFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

/**
 * Yields the lines of a file, or of standard input for `-`.
 *
 * @throws {CliError} when it cannot be read
 */
export async function* linesOf(file: string, { stdin }: Terminal, signal: AbortSignal): AsyncGenerator<string> {
  const input = file === '-' ? stdin : createReadStream(file, { signal });
  input.setEncoding('utf8');
  try {
    yield* lines(input as AsyncIterable<string>);
  } catch (error) {
    throw failureOf(error).code === 'interrupted' ? error : unreadable(file, error);
  }
}

/** Splits at line feeds only: Node's own reader also splits at U+2028, which JSON text can contain. */
async function* lines(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let begun: string[] = [];
  for await (const piece of pieces) {
    const [end = '', ...next] = piece.split('\n');
    begun.push(end);
    for (const start of next) {
      yield begun.join('');
      begun = [start];
    }
  }
  const last = begun.join('');
  if (last !== '') yield last;
}

function unreadable(file: string, error: unknown): CliError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return new CliError('unreadable-file', `${file} cannot be read (${code}).`, 'Check its name and who may read it.');
}
