import { Command } from 'commander';
import { connectionIdArgument } from '../console/arguments.js';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT } from '../console/exit-codes.js';

export const disconnect: CommandDefinition = (run) =>
  new Command('disconnect')
    .helpGroup(GROUPS.connections)
    .summary('delete schedules and keys; the evidence is kept')
    .description(
      'Deletes the schedules of a connection and destroys its keys. The evidence is kept, and the id can be connected again.',
    )
    .addArgument(connectionIdArgument())
    .option('--note <text>', 'why; kept with the evidence')
    .addHelpText('after', examples('disconnect acme --note "contract ended"'))
    .action((connectionId: string, options: { readonly note?: string }) =>
      run(async ({ output, services }) => {
        const connections = await services.connections();
        const status = await connections.disconnect(connectionId, options.note);
        await output.answer(status, () => [
          `${connectionId} is ${status.state}. Its keys are destroyed, its evidence is kept.`,
        ]);
        return EXIT.done;
      }),
    );
