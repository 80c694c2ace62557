import { Command, Option } from 'commander';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { runDev } from '../dev/run-dev.js';
import { EXIT } from '../console/exit-codes.js';
import { interrupted } from '../console/interruption.js';
import { devDocument, devLines } from '../rendering/dev.js';
import { tour } from '../dev/tour.js';

interface DevOptions {
  readonly tour?: boolean;
  readonly once?: boolean;
}

export const dev: CommandDefinition = (run) =>
  new Command('dev')
    .helpGroup(GROUPS.start)
    .summary('run everything on this machine: Temporal, Postgres, a worker and a simulated Mimecast')
    .description(DESCRIPTION)
    .addOption(new Option('--tour').hideHelp())
    .addOption(new Option('--once').hideHelp())
    .addHelpText('after', examples('dev', 'dev --tour --once --json'))
    .action((options: DevOptions) =>
      run(
        (context) =>
          runDev(context, async (running) => {
            const { output, signal } = context;
            const exitCode = options.tour === true ? await tour(context, running) : EXIT.done;
            if (options.tour !== true)
              await output.answer(devDocument(running.addresses), () => devLines(running.addresses));
            if (options.once !== true) {
              output.note('Ctrl-C stops it.');
              await interrupted(signal);
            }
            return exitCode;
          }),
        { endsOnSignal: true, ownsDataFolder: true },
      ),
    );

const DESCRIPTION = `Runs everything on this machine: a Temporal server with its UI, Postgres, a worker and a simulated Mimecast with one tenant.

The data stays in the folder .data (MIMECAST_DATA_DIR) and survives restarts. While it runs, the other commands find it
there and need no settings. Ctrl-C stops it cleanly, a second Ctrl-C at once.

With --tour it connects the simulated tenant, polls every stream once and says what was collected; "npm start" does that.
With --once it then ends by itself; the exit code is 1 when a poll failed.`;
