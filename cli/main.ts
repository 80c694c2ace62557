#!/usr/bin/env node
import { EXIT } from './console/exit-codes.js';
import { runCommandLine } from './program.js';

const interruption = new AbortController();

/** Handles Ctrl-C and SIGTERM: the first asks the command to stop, the second exits immediately. */
function interrupt(): void {
  if (interruption.signal.aborted) process.exit(EXIT.interrupted);
  interruption.abort();
}

/** Resolves when all output has left the process. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => {
      resolve();
    });
  });
}

process.on('SIGINT', interrupt).on('SIGTERM', interrupt);

// A reader can close the pipe early (`| head`); that is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  throw error;
});

const exitCode = await runCommandLine(process.argv.slice(2), {
  terminal: {
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    now: () => new Date(),
  },
  signal: interruption.signal,
});

// Exits explicitly: a worker that could not start, or an abandoned request, would keep the process alive.
await Promise.all([process.stdout, process.stderr].map((stream) => written(stream)));
process.exit(exitCode);
