import { Command, CommanderError } from 'commander';
import type { CommandDefinition, Run } from './command.js';
import { annotate } from './commands/annotate.js';
import { apply } from './commands/apply.js';
import { checkpoint } from './commands/checkpoint.js';
import { backfill } from './commands/backfill.js';
import { connect } from './commands/connect.js';
import { controls } from './commands/controls.js';
import { dev } from './commands/dev.js';
import { disconnect } from './commands/disconnect.js';
import { doctor } from './commands/doctor.js';
import { drift } from './commands/drift.js';
import { edit } from './commands/edit.js';
import { erase } from './commands/erase.js';
import { exportEvidence } from './commands/export.js';
import { gaps } from './commands/gaps.js';
import { list } from './commands/list.js';
import { migrate } from './commands/migrate.js';
import { pause } from './commands/pause.js';
import { poll } from './commands/poll.js';
import { posture } from './commands/posture.js';
import { report } from './commands/report.js';
import { resume } from './commands/resume.js';
import { rotate } from './commands/rotate.js';
import { status } from './commands/status.js';
import { test } from './commands/test.js';
import { vault } from './commands/vault.js';
import { verify } from './commands/verify.js';
import { worker } from './commands/worker.js';
import { EXIT, type ExitCode } from './console/exit-codes.js';
import { CliError, failureOf } from './console/failures.js';
import { unlessInterrupted } from './console/interruption.js';
import { Output } from './console/output.js';
import { PRODUCT } from './console/product.js';
import { openServices, type Services } from './reach/services.js';
import { readSettings, resolveSettings, type Settings } from './reach/settings.js';
import type { Terminal } from './console/terminal.js';

/** Commands in the order of the help. A new command is one file and one entry here. */
const COMMANDS: readonly CommandDefinition[] = [
  ...[dev, worker],
  ...[connect, test, list, status, poll, backfill, rotate, edit, pause, resume, disconnect, apply],
  ...[posture, controls, report, annotate, drift, exportEvidence, verify, gaps, checkpoint, erase],
  ...[vault, migrate, doctor],
];

export interface Surroundings {
  readonly terminal: Terminal;
  /** Aborted when the user wants the command to end. */
  readonly signal: AbortSignal;
  /** Opens the services of commands; tests provide their own. */
  readonly services?: (settings: Settings) => Services;
}

/**
 * Runs one command line.
 *
 * @param argv the arguments after the program's name
 * @returns the exit code; all failures are reported by then, and nothing is thrown
 */
export async function runCommandLine(argv: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { terminal, signal } = surroundings;
  // Read before parsing: failures of the parser must already be reported in the requested form.
  const output = new Output(terminal, {
    json: argv.includes('--json'),
    debug: argv.includes('--debug') || Boolean(terminal.env['DEBUG']),
  });
  let exitCode: ExitCode = EXIT.done;

  const run: Run = async (body, { endsOnSignal = false, ownsDataFolder = false } = {}) => {
    const { env } = terminal;
    const settings = ownsDataFolder ? resolveSettings(env, undefined) : await readSettings(env);
    const services = (surroundings.services ?? openServices)(settings);
    const ended = body({ terminal, output, settings, services, signal });
    try {
      exitCode = await (endsOnSignal ? ended : unlessInterrupted(ended, signal));
    } finally {
      await services.close();
    }
  };

  const program = createProgram(run, terminal);
  try {
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (isHelp(error)) return EXIT.done;
    const failure = failureOf(isGroupAlone(error) ? missingCommand(argv) : error);
    output.fail(failure, error);
    return failure.exitCode;
  }
}

/** Creates the program with all commands; also used by the tests of the help texts. */
export function createProgram(run: Run, terminal: Pick<Terminal, 'stdout'>): Command {
  const program = new Command('temporal-mimecast')
    .description('Collects compliance evidence from Mimecast on schedules and keeps it provable.')
    .version(PRODUCT.version, '-v, --version', 'print the version')
    .option('--json', 'print one JSON document on stdout and nothing else there')
    .option('--debug', 'show where an error came from')
    .helpOption('-h, --help', 'explain the command')
    .helpCommand('help [command]', 'explain a command')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: (text) => terminal.stdout.write(text), writeErr: () => undefined })
    .addHelpText('after', HELP_FOOTER)
    .exitOverride();

  for (const define of COMMANDS) program.addCommand(inherit(define(run), program));
  return program;
}

/** Copies settings to subcommands. Commander copies them only to commands that it creates itself. */
function inherit(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inherit(child, command);
  return command;
}

const HELP_FOOTER = `
Where things are:
  Temporal   TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, or a profile of the Temporal CLI
  Postgres   DATABASE_URL
  ring       MIMECAST_KEYRING_FILE
  queue      MIMECAST_TASK_QUEUE (mimecast)
While "temporal-mimecast dev" runs in this folder (MIMECAST_DATA_DIR, .data), none of them is needed.

Exit codes: 0 done · 1 the answer is bad · 2 wrong usage · 3 something needed is not there · 130 interrupted`;

/** True when help or the version was requested. */
const isHelp = (error: unknown): boolean => error instanceof CommanderError && error.exitCode === 0;

/** True when a group was named without a command: Commander then shows unrequested help. */
const isGroupAlone = (error: unknown): boolean =>
  error instanceof CommanderError && error.code === 'commander.help' && error.exitCode !== 0;

function missingCommand([group = '']: readonly string[]): CliError {
  return new CliError('usage.missingCommand', 'A command is missing.', `See temporal-mimecast ${group} --help.`);
}
