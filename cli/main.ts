#!/usr/bin/env node
import { EXIT } from './console/exit-codes.js';
import { runCommandLine } from './program.js';

const interruption = new AbortController();

/** The first Ctrl-C (or SIGTERM) asks the command to end well, the second ends it. */
function interrupt(): void {
  if (interruption.signal.aborted) process.exit(EXIT.interrupted);
  interruption.abort();
}

/** Ends when everything that was written has left the process. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => {
      resolve();
    });
  });
}

process.on('SIGINT', interrupt).on('SIGTERM', interrupt);

// A reader that has seen enough (`| head`) closes the pipe: that is its good right and not an error.
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

// Not left to the event loop: a worker that could not start, or a request that was given up, would keep the process alive.
await Promise.all([process.stdout, process.stderr].map((stream) => written(stream)));
process.exit(exitCode);
