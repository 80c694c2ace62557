import { Command, Option } from 'commander';
import { connectionHealth, HEALTHS, isHealthy, type Health } from '../../client/connection-health.js';
import type { ListedConnection } from '../../client/index.js';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT } from '../console/exit-codes.js';
import { listLines } from '../rendering/list.js';

interface ListOptions {
  readonly state?: Health | 'not-ok';
}

export const list: CommandDefinition = (run) =>
  new Command('list')
    .helpGroup(GROUPS.connections)
    .summary('all connections: state, keys, verdicts')
    .description(
      'Lists all connections with their account, their state, the age of their keys and what their controls say.',
    )
    .addOption(new Option('--state <state>', 'only those in this state').choices(['not-ok', ...HEALTHS]))
    .addHelpText('after', examples('list', 'list --state not-ok', "list --json | jq -r '.[].connectionId'"))
    .action(({ state }: ListOptions) =>
      run(async ({ output, services }) => {
        const connections = await services.connections();
        const all = await connections.list();
        const listed = all.filter((connection) => isWanted(connection, state));
        const document = listed.map((connection) => ({ ...connection, ...connectionHealth(connection) }));
        await output.answer(document, () => listLines(listed, all, output.colours));
        return EXIT.done;
      }),
    );

function isWanted(connection: ListedConnection, state: ListOptions['state']): boolean {
  if (state === undefined) return true;
  const health = connectionHealth(connection);
  return state === 'not-ok' ? !isHealthy(health) : health.health === state;
}
