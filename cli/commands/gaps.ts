import { Command, Option } from 'commander';
import type { ConnectionRow } from '../../model/connection.js';
import { DAY_MS } from '../../model/time.js';
import { connectionIdArgument } from '../console/arguments.js';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT, type ExitCode } from '../console/exit-codes.js';
import { CliError } from '../console/failures.js';
import { gapReport, type GapReport } from '../exports/gap-report.js';
import { gapLines } from '../rendering/gaps.js';
import { requireConnection } from '../reach/stored-connection.js';
import type { CompletenessReader } from '../../evidence/completeness/completeness.js';

type FailOn = 'any' | 'lost';

interface GapsOptions {
  readonly failOn?: FailOn;
  readonly days: number;
}

const DEFAULT_DAYS = 30;
const STREAM = 'audit-events';

export const gaps: CommandDefinition = (run) =>
  new Command('gaps')
    .helpGroup(GROUPS.evidence)
    .summary('what is missing from the audit log, and what fills it')
    .description(DESCRIPTION)
    .addArgument(connectionIdArgument())
    .addOption(
      new Option('--fail-on <what>', 'exit code 1 for any gap, or for what can no longer be filled').choices([
        'any',
        'lost',
      ]),
    )
    .option('--days <count>', 'how far back late events are counted', wholeDays, DEFAULT_DAYS)
    .addHelpText('after', examples('gaps acme', 'gaps acme --fail-on lost', 'gaps acme --json | jq .missing'))
    .action((connectionId: string, { failOn, days }: GapsOptions) =>
      run(async ({ output, services, terminal }) => {
        const evidence = await services.evidence();
        const row = await requireConnection(evidence, connectionId);
        const report = await readReport(evidence.completeness, row, terminal.now(), days);
        await output.answer(report, () => gapLines(report, output.colours));
        return exitCodeOf(report, failOn);
      }),
    );

const DESCRIPTION = `Says of which time audit events are owed, how far they are held, and every range that is missing, with its cause, whether it
can still be filled, and the command that does. Named as well: windows with another number of events than Mimecast said,
and events that were found late.

Exit code 0, whatever is missing, unless --fail-on says otherwise: "any" for anything that is missing, "lost" for what can
no longer be filled.`;

async function readReport(
  evidence: CompletenessReader,
  row: ConnectionRow,
  now: Date,
  days: number,
): Promise<GapReport> {
  const { connectionId } = row;
  const since = new Date(now.getTime() - days * DAY_MS);
  // Queries run sequentially, because a command has few database connections.
  const completeness = await evidence.of(connectionId, STREAM, now);
  const mismatches = await evidence.totalMismatches(connectionId, STREAM);
  const lateEvents = await evidence.lateEvents(connectionId, { start: since, end: now });
  return gapReport({ row, completeness, mismatches, lateEvents, lateSince: since });
}

function exitCodeOf({ missing }: GapReport, failOn: FailOn | undefined): ExitCode {
  const isBad = failOn === 'any' ? missing.length > 0 : failOn === 'lost' && missing.some(({ fillable }) => !fillable);
  return isBad ? EXIT.badAnswer : EXIT.done;
}

/** Parses a number of days. @throws {CliError} unless it is an integer of 1 or more */
function wholeDays(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new CliError(
    'invalid-days',
    `${JSON.stringify(text)} is not a number of days.`,
    'Use a whole number, 1 to 9999.',
  );
}
