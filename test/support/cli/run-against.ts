import { runCommandLine } from '../../../cli/program.js';
import type { Connections } from '../../../cli/reach/services.js';
import { RecordedTerminal } from './recorded-terminal.js';
import type { Environment, Ran } from './run.js';

interface RunAgainstOptions {
  readonly env?: Environment;
  readonly signal?: AbortSignal;
  /** True when progress goes to a terminal. */
  readonly isTTY?: boolean;
}

/** The four keys of API 1.0 in the environment. */
export const KEYS_IN_ENVIRONMENT = {
  MIMECAST_APPLICATION_ID: 'application-id',
  MIMECAST_APPLICATION_KEY: 'application-key',
  MIMECAST_ACCESS_KEY: 'access-key',
  MIMECAST_SECRET_KEY: Buffer.from('secret').toString('base64'),
};

/** Runs a command line against connections that have only some of their methods: the others must not be called. */
export async function runAgainst(
  argv: readonly string[],
  connections: Partial<Connections> = {},
  { env = {}, signal = new AbortController().signal, isTTY }: RunAgainstOptions = {},
): Promise<Ran> {
  const terminal = new RecordedTerminal(env);
  if (isTTY !== undefined) Object.assign(terminal.stderr, { isTTY, columns: 200 });
  const services = {
    connections: () => Promise.resolve(connections as Connections),
    evidence: () => Promise.reject(new Error('This command needs no database.')),
    close: () => Promise.resolve(),
  };
  const exitCode = await runCommandLine(argv, { terminal, signal, services: () => services });
  return { exitCode, stdout: terminal.stdout.text, stderr: terminal.stderr.text };
}
