import { Command } from 'commander';
import { connectionIdArgument } from '../console/arguments.js';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT } from '../console/exit-codes.js';
import { statusLines } from '../rendering/status.js';

export const status: CommandDefinition = (run) =>
  new Command('status')
    .helpGroup(GROUPS.connections)
    .summary('how a connection is doing: keys, last and next polls')
    .description('Says how a connection is doing: its keys, and the last and next poll of each stream. Times are UTC.')
    .addArgument(connectionIdArgument())
    .addHelpText('after', examples('status acme', 'status acme --json'))
    .action((connectionId: string) =>
      run(async ({ terminal, output, services }) => {
        const connections = await services.connections();
        const report = await connections.status(connectionId);
        await output.answer(report, () => statusLines(report, terminal.now(), output.colours));
        return EXIT.done;
      }),
    );
