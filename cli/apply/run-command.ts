import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

const DEFAULT_LIMIT_MS = 30_000;

/** Four keys need less than 2 KB. */
const MOST_BYTES = 64 * 1024;

export interface CommandSurroundings {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Destination of the command's stderr. */
  readonly stderr: Writable;
  readonly signal: AbortSignal;
  readonly limitMs?: number;
}

/** The command printed no usable keys. The message completes a sentence, and contains none of its output. */
export class KeysCommandError extends Error {
  override readonly name = 'KeysCommandError';
}

/**
 * Runs a program that prints keys, without a shell, and returns its output.
 *
 * @throws {KeysCommandError} when it cannot be started, fails, takes too long or prints too much
 */
export async function runCommand(
  [program = '', ...args]: readonly string[],
  { folder, env, stderr, signal, limitMs = DEFAULT_LIMIT_MS }: CommandSurroundings,
): Promise<string> {
  const child = spawn(program, args, {
    cwd: folder,
    env,
    shell: false,
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed: Buffer[] = [];
  return await new Promise<string>((resolve, reject) => {
    // Does not wait for the pipe to close: child processes of the program may keep it open.
    const giveUp = (reason: string): void => {
      ended();
      child.kill('SIGKILL');
      child.stdout.destroy();
      child.stderr.destroy();
      reject(new KeysCommandError(reason));
    };
    const timer = setTimeout(() => {
      giveUp(`took longer than ${limitMs / 1000} s`);
    }, limitMs);
    const interrupt = (): void => {
      giveUp('was interrupted');
    };
    signal.addEventListener('abort', interrupt, { once: true });
    const ended = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', interrupt);
    };

    let bytes = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) giveUp(`printed more than ${MOST_BYTES / 1024} KB`);
      else printed.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => stderr.write(chunk));
    child.once('error', (error: NodeJS.ErrnoException) => {
      ended();
      reject(new KeysCommandError(`could not be started (${error.code ?? 'unknown'})`));
    });
    child.once('close', (exitCode, killedBy) => {
      ended();
      if (exitCode === 0) resolve(Buffer.concat(printed).toString('utf8'));
      else
        reject(
          new KeysCommandError(
            exitCode === null ? `was ended by ${killedBy ?? 'a signal'}` : `ended with exit code ${exitCode}`,
          ),
        );
    });
  });
}
