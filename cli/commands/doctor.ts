import { Command } from 'commander';
import { parseConnectionId } from '../console/arguments.js';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { findingLines } from '../rendering/findings.js';

interface DoctorOptions {
  readonly all?: boolean;
  readonly test?: boolean;
}

export const doctor: CommandDefinition = (run) =>
  new Command('doctor')
    .helpGroup(GROUPS.set)
    .summary('look whether everything is right that polls need')
    .description(DESCRIPTION)
    .argument('[id...]', 'connections to look at closely (all, when none is named)')
    .option('--all', 'also list what is well of every connection')
    .option('--test', 'also call Mimecast with the saved keys of each connection')
    .addHelpText(
      'after',
      examples('doctor', 'doctor acme --test', "doctor --json | jq '.checks[] | select(.nextStep)'"),
    )
    .action((ids: readonly string[], { all = false, test = false }: DoctorOptions) => {
      const connectionIds = [...new Set(ids.map(parseConnectionId))];
      return run(async (context) => {
        const { examine } = await import('../doctor/examine.js');
        const { exitCodeOf } = await import('../doctor/finding.js');
        const checks = await examine(context, { connectionIds, all, test });
        const ok = checks.every(({ verdict }) => verdict !== 'failure');
        await context.output.answer({ ok, checks }, () => findingLines(checks, context.output.colours));
        return exitCodeOf(checks);
      });
    });

const DESCRIPTION = `Looks at everything that must be right for polls to work: this machine, Temporal, Postgres, the ring, the clocks, and every
connection with its workflow, keys, schedules and newest polls. It changes nothing; each thing that is wrong comes with
its next step. Mimecast is called only with --test.

Of connections only those that need somebody are listed, unless some are named or --all is given. Exit code 0: nothing
failed, though there may be warnings. 1: something failed. 3: neither Temporal nor Postgres can be reached.`;
