import { Command } from 'commander';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { listLines } from '../rendering/list.js';

export const list: CommandDefinition = (run) =>
  new Command('list')
    .helpGroup(GROUPS.connections)
    .summary('all connections and their state')
    .description('Lists all connections with their account, their state and the age of their keys.')
    .addHelpText('after', examples('list', "list --json | jq -r '.[].connectionId'"))
    .action(() =>
      run(async ({ output, services }) => {
        const connections = await services.connections();
        const listed = await connections.list();
        await output.answer(listed, () => listLines(listed, output.colours));
        return EXIT.done;
      }),
    );
