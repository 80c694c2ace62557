import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import type { ConnectionRow } from '../../model/connection.js';
import { defined } from '../../model/json.js';
import type { ReportedConnection } from '../../reports/html/input.js';
import { connectionIdArgument, parseMoment } from '../console/arguments.js';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT } from '../console/exit-codes.js';
import { CliError } from '../console/failures.js';
import { PRODUCT } from '../console/product.js';
import { reportSources } from '../../reports/html/sources.js';
import { requireConnection } from '../reach/stored-connection.js';
import { writeTexts } from '../console/streaming.js';

interface ReportOptions {
  readonly out?: string;
  readonly from?: Date;
  readonly to?: Date;
  readonly at?: Date;
  readonly names?: boolean;
}

export const report: CommandDefinition = (run) =>
  new Command('report')
    .helpGroup(GROUPS.evidence)
    .summary('write one HTML page for an auditor')
    .description(DESCRIPTION)
    .addArgument(connectionIdArgument())
    .option('--out <file>', 'write it to this file instead of stdout')
    .option('--from <date>', 'beginning of the period (UTC); 30 days before its end, when it is not given', parseMoment)
    .option('--to <date>', 'end of the period (UTC); the moment of the record, when it is not given', parseMoment)
    .option('--at <date>', 'the record that stood at this moment (UTC), instead of the latest', parseMoment)
    .option('--names', 'with the names of people, which are withheld otherwise')
    .addHelpText(
      'after',
      examples(
        'report acme --out acme.html',
        'report acme --from 2026-07-01 --to 2026-10-01 --out third-quarter.html',
        'report acme --at 2026-11-23T02:10Z > november.html',
      ),
    )
    .action((connectionId: string, options: ReportOptions) =>
      run(async ({ terminal, output, services, signal }) => {
        checkOptions(options, output.json);
        const evidence = await services.evidence();
        const connection = reported(await requireConnection(evidence, connectionId));
        const { gatherReport } = await import('../../reports/html/gather.js');
        const { renderReport } = await import('../../reports/html/page.js');
        const { out, names = false, ...moments } = options;
        const input = await gatherReport(reportSources(evidence), { ...moments, connection, product: PRODUCT, names });
        if (input.period.from >= input.period.to) throw emptyPeriod(input.period.to);
        const page = renderReport(input);
        if (out === undefined) {
          await writeTexts(once(page), terminal.stdout, signal);
          return EXIT.done;
        }
        await writePage(out, page);
        const { evaluation } = input;
        const answer = {
          connectionId,
          file: out,
          bytes: Buffer.byteLength(page),
          ...(evaluation && { at: evaluation.at, sequence: evaluation.sequence }),
        };
        await output.answer(answer, () => [
          `${connectionId}: ${out}, ${evaluation ? `record ${evaluation.sequence} of ${evaluation.at}` : 'nothing evaluated'}`,
        ]);
        return EXIT.done;
      }),
    );

const DESCRIPTION = `Writes one self-contained HTML page: what passes, fails and is unknown, what it rests on, how it went over the period, how
complete the evidence is, and how to verify all of it. It needs no network and has no script; it prints well.

It renders a stored record, never the clock: the same record and the same period give the same bytes.`;

function checkOptions({ from, to, at, out }: ReportOptions, json: boolean): void {
  if (from !== undefined && to !== undefined && from >= to) {
    throw new CliError('invalid-range', 'The period is empty: --from is not before --to.', 'Exchange or correct them.');
  }
  if (at !== undefined && to !== undefined) {
    throw new CliError('impossible-report', '--at and --to both name the record.', 'Use one or the other.');
  }
  if (at !== undefined && from !== undefined && from >= at) {
    throw new CliError('invalid-range', 'The period is empty: --from is not before --at.', 'Exchange or correct them.');
  }
  if (json && out === undefined) {
    throw new CliError(
      'impossible-report',
      'The report is HTML, and --json asks for JSON.',
      'Give it a file: --out acme.html.',
    );
  }
}

const emptyPeriod = (to: string): CliError =>
  new CliError('invalid-range', `The period is empty: it ends with the record of ${to}.`, 'Choose an earlier --from.');

function reported({ connectionId, settings, accountCode, accountName, updatedAt }: ConnectionRow): ReportedConnection {
  return defined({
    connectionId,
    baseUrl: settings.baseUrl,
    apiVersion: settings.apiVersion,
    accountCode,
    accountName,
    updatedAt: updatedAt.toISOString(),
  });
}

// eslint-disable-next-line @typescript-eslint/require-await -- the page is there already
async function* once(page: string): AsyncGenerator<string> {
  yield page;
}

/** Writes the page to a file. @throws {CliError} when the file cannot be written */
async function writePage(file: string, page: string): Promise<void> {
  try {
    await writeFile(file, page, { mode: 0o600 });
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new CliError('cannot-write', `${file} cannot be written: ${reason}.`, 'Choose another file with --out.');
  }
}
