import { Command, Option } from 'commander';
import { connectionIdArgument, parseMoment } from '../arguments.js';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { CliError } from '../failures.js';
import { requireConnection } from '../stored-connection.js';
import { writeJsonArray, writeJsonLines } from '../streaming.js';

interface ExportOptions {
  readonly format: 'jsonl';
  readonly what: 'events' | 'observations' | 'all';
  readonly from?: Date;
  readonly to?: Date;
}

export const exportEvidence: CommandDefinition = (run) =>
  new Command('export')
    .helpGroup(GROUPS.evidence)
    .summary('write the evidence of a connection to stdout')
    .description(DESCRIPTION)
    .addArgument(connectionIdArgument())
    .addOption(new Option('--format <format>', 'form of the output').choices(['jsonl']).default('jsonl'))
    .addOption(new Option('--what <what>', 'which evidence').choices(['events', 'observations', 'all']).default('all'))
    .option('--from <date>', 'from this moment on (UTC)', parseMoment)
    .option('--to <date>', 'before this moment (UTC)', parseMoment)
    .addHelpText(
      'after',
      examples(
        'export acme > acme.jsonl',
        'export acme --what events --from 2026-11-01 --to 2026-12-01 | gzip > november.jsonl.gz',
        'export acme --what observations --json | jq length',
      ),
    )
    .action((connectionId: string, options: ExportOptions) =>
      run(async ({ terminal, output, services, signal }) => {
        const range = rangeOf(options);
        const evidence = await services.evidence();
        await requireConnection(evidence, connectionId);
        const records = evidence.export(connectionId, {
          ...range,
          ...(options.what !== 'all' && { what: [options.what] }),
        });
        const write = output.json ? writeJsonArray : writeJsonLines;
        await write(records, terminal.stdout, signal);
        return EXIT.done;
      }),
    );

const DESCRIPTION = `Writes the evidence of a connection to stdout as JSON Lines, one record a line; with --json as one JSON array.

It is read and written piece by piece, so any amount of it needs little memory. Disconnected connections can be exported
too.`;

function rangeOf({ from, to }: ExportOptions): { readonly from?: Date; readonly to?: Date } {
  if (from !== undefined && to !== undefined && from >= to) {
    throw new CliError('invalid-range', 'The range is empty: --from is not before --to.', 'Exchange or correct them.');
  }
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}
