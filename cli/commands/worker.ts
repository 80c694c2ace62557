import { Command } from 'commander';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT } from '../console/exit-codes.js';
import { interrupted } from '../console/interruption.js';
import { runWorker } from '../dev/run-worker.js';

export const worker: CommandDefinition = (run) =>
  new Command('worker')
    .helpGroup(GROUPS.start)
    .summary('run a worker')
    .description(DESCRIPTION)
    .addHelpText('after', examples('worker', 'worker 2> worker.log'))
    .action(() =>
      run(
        async ({ output, settings, signal }) => {
          const { logWorkerTo } = await import('../dev/worker-logs.js');
          logWorkerTo(2);
          return runWorker(settings, async () => {
            const { taskQueue, temporal } = settings;
            await output.answer({ taskQueue, address: temporal.address, namespace: temporal.namespace }, () => [
              `Polling task queue "${taskQueue}" of ${temporal.address}, namespace ${temporal.namespace}. Ctrl-C stops it.`,
            ]);
            await interrupted(signal);
            return EXIT.done;
          });
        },
        { endsOnSignal: true },
      ),
    );

const DESCRIPTION = `Runs a worker that polls for all connections of its task queue. Logs JSON lines on stderr.

On SIGTERM or Ctrl-C it takes no new work, lets the pages that are being stored end, and stops.`;
