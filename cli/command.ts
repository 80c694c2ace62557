import type { Command } from 'commander';
import type { ExitCode } from './console/exit-codes.js';
import type { Output } from './console/output.js';
import type { Services } from './reach/services.js';
import type { Settings } from './reach/settings.js';
import type { Terminal } from './console/terminal.js';

/** Environment of a command. */
export interface Context {
  readonly terminal: Terminal;
  readonly output: Output;
  /** Addresses of Temporal and Postgres, and the keyring file. */
  readonly settings: Settings;
  /** Opens services on first use; closed when the command has ended. */
  readonly services: Services;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}

/** Runs a command's body with a context, closes what it opened, and stores its exit code. */
export type Run = (body: (context: Context) => Promise<ExitCode>, options?: RunOptions) => Promise<void>;

interface RunOptions {
  /** True when the body handles the signal itself; other bodies are abandoned on interruption. */
  readonly endsOnSignal?: boolean;
  /** The body uses the data folder itself: addresses that are in it are not read. */
  readonly ownsDataFolder?: boolean;
}

/** Definition of a command; each file in `commands/` exports one, and `program.ts` lists them. */
export type CommandDefinition = (run: Run) => Command;

/** Headings of the help. */
export const GROUPS = {
  start: 'Run it:',
  connections: 'Connections:',
  evidence: 'Evidence:',
  set: 'Set up:',
} as const;

/** Formats examples for the end of a command's help. */
export const examples = (...lines: readonly string[]): string =>
  ['', 'Examples:', ...lines.map((line) => `  $ temporal-mimecast ${line}`)].join('\n');
