import { runCommandLine, type Surroundings } from '../../../cli/program.js';
import { RecordedTerminal } from './recorded-terminal.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The result of a command line. */
export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions extends Pick<Surroundings, 'services'> {
  /** Milliseconds by which the clock of the terminal is ahead. */
  readonly skewMs?: number;
  /** Input of a person at the terminal. Without it, nobody sits there. */
  readonly input?: string;
}

/**
 * Runs a command line in this process, with nothing of its environment but the path. A process of its own would take seconds,
 * most of them to load the program.
 */
export async function run(argv: readonly string[], env: Environment = {}, options: RunOptions = {}): Promise<Ran> {
  const { skewMs = 0, input, services } = options;
  const terminal = new RecordedTerminal({ PATH: process.env['PATH'], TEMPORAL_CONFIG_FILE: '', ...env });
  terminal.now = () => new Date(Date.now() + skewMs);
  if (input !== undefined) {
    Object.assign(terminal.stdin, { isTTY: true });
    // As the real one, it is not closed by a prompt.
    Object.assign(terminal.stderr, { isTTY: true, _isStdio: true });
    terminal.stdin.write(input);
  }
  const { signal } = new AbortController();
  const exitCode = await runCommandLine(argv, { terminal, signal, ...(services && { services }) });
  return { exitCode, stdout: terminal.stdout.text, stderr: terminal.stderr.text };
}
