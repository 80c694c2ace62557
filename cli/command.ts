import type { Command } from 'commander';
import type { ExitCode } from './console/exit-codes.js';
import type { Output } from './console/output.js';
import type { Services } from './reach/services.js';
import type { Settings } from './reach/settings.js';
import type { Terminal } from './console/terminal.js';

/** What a command works with. */
export interface Context {
  readonly terminal: Terminal;
  readonly output: Output;
  /** Where Temporal, Postgres and the ring are. */
  readonly settings: Settings;
  /** Opens what the command asks for, when it asks; closed when the command has ended. */
  readonly services: Services;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}

/** Runs a command's body: gives it a context, closes what it opened, and keeps its exit code. */
export type Run = (body: (context: Context) => Promise<ExitCode>, options?: RunOptions) => Promise<void>;

interface RunOptions {
  /** The body watches the signal itself and ends well by it; others are given up when the user interrupts. */
  readonly endsOnSignal?: boolean;
}

/** A file in `commands/` exports one of these; `program.ts` lists them. */
export type CommandDefinition = (run: Run) => Command;

/** Headings under which the help lists the commands. */
export const GROUPS = {
  start: 'Run it:',
  connections: 'Connections:',
  evidence: 'Evidence:',
  set: 'Set up:',
} as const;

/** Text below a command's help. */
export const examples = (...lines: readonly string[]): string =>
  ['', 'Examples:', ...lines.map((line) => `  $ temporal-mimecast ${line}`)].join('\n');
