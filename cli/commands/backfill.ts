import { Command } from 'commander';
import type { BackfillReport } from '../../client/index.js';
import { connectionIdArgument, parseMoment } from '../console/arguments.js';
import { examples, GROUPS, type CommandDefinition, type Context } from '../command.js';
import { EXIT, type ExitCode } from '../console/exit-codes.js';
import { CliError } from '../console/failures.js';
import { unlessInterrupted } from '../console/interruption.js';
import { backfillLines, backfillProgressLine } from '../rendering/backfill.js';
import type { Connections } from '../reach/services.js';
import { defined } from '../../model/json.js';

interface BackfillOptions {
  readonly from?: Date;
  readonly to?: Date;
  readonly cancel?: boolean;
}

export const backfill: CommandDefinition = (run) =>
  new Command('backfill')
    .helpGroup(GROUPS.connections)
    .summary('read what is missing from a range of the audit log')
    .description(DESCRIPTION)
    .addArgument(connectionIdArgument())
    .option('--from <date>', 'from this moment on (UTC)', parseMoment)
    .option('--to <date>', 'up to this moment (UTC); now, unless it is given', parseMoment)
    .option('--cancel', 'end the backfill that is running; what it has stored is kept')
    .addHelpText(
      'after',
      examples(
        'backfill acme --from 2026-11-01 --to 2026-11-08',
        'backfill acme --from 2026-11-20',
        'backfill acme --cancel',
      ),
    )
    .action((connectionId: string, options: BackfillOptions) => {
      const from = startOfRange(options);
      return run(
        async (context) => {
          const connections = await context.services.connections();
          if (from === undefined) return await cancel(context, connections, connectionId);
          const { to } = options;
          const report = await backfillAndShow(context, connections, connectionId, defined({ from, to }));
          await context.output.answer(report, () => backfillLines(report, context.output.colours));
          return report.outcome === 'complete' ? EXIT.done : EXIT.badAnswer;
        },
        { endsOnSignal: true },
      );
    });

const DESCRIPTION = `Reads what is not held of a range of the audit log, eight windows at a time, and waits until it has ended. What polls or an
earlier backfill hold is not read again. Ctrl-C ends the waiting, not the backfill; --cancel ends it, and the same backfill
goes on from there. It takes half of the calls that Mimecast allows at most, so that polls go on beside it.

Exit code 0: all of the range is held. Exit code 1: some of it could not be read: Mimecast no longer keeps it (60 days), a
window was given up, a permission is missing, or the run failed, was cancelled or is running over another range.`;

/** @returns the start of the range, or undefined with --cancel */
function startOfRange({ from, to, cancel = false }: BackfillOptions): Date | undefined {
  const ranged = from !== undefined || to !== undefined;
  if (cancel && !ranged) return undefined;
  if (!cancel && from !== undefined) return from;
  throw new CliError(
    'usage.backfill',
    cancel ? 'A backfill is ended whole: --cancel takes no range.' : 'From when on? --from is missing.',
    'Like backfill acme --from 2026-11-01 --to 2026-11-08, or backfill acme --cancel.',
  );
}

/**
 * Starts or joins a backfill, waits for it, and shows its progress.
 *
 * @throws {CliError} when the user interrupts the wait; the backfill itself continues
 */
async function backfillAndShow(
  { output, signal }: Context,
  connections: Connections,
  connectionId: string,
  request: { readonly from: Date; readonly to?: Date },
): Promise<BackfillReport> {
  const progress = output.progress();
  try {
    const reading = connections.backfill(connectionId, request, {
      onProgress: (made) => {
        progress.show(backfillProgressLine(made));
      },
      signal,
    });
    return await unlessInterrupted(reading, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new CliError(
      'interrupted',
      'No longer waiting. The backfill goes on.',
      `Wait for it again with the same command, or end it: temporal-mimecast backfill ${connectionId} --cancel`,
      EXIT.interrupted,
    );
  } finally {
    progress.clear();
  }
}

async function cancel({ output }: Context, connections: Connections, connectionId: string): Promise<ExitCode> {
  const cancelled = await connections.cancelBackfill(connectionId);
  await output.answer({ connectionId, cancelled }, () => [
    cancelled
      ? `${connectionId}: the backfill is ending. What it has stored is kept; run it again to go on.`
      : `${connectionId}: no backfill is running.`,
  ]);
  return cancelled ? EXIT.done : EXIT.badAnswer;
}
