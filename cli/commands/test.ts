import { Command } from 'commander';
import { connectionIdArgument } from '../arguments.js';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { connectionReportLines } from '../rendering/connection-report.js';

export const test: CommandDefinition = (run) =>
  new Command('test')
    .helpGroup(GROUPS.connections)
    .summary('call Mimecast with the saved keys and say what they may read')
    .description(
      'Calls Mimecast with the saved keys and says what they may read. Changes nothing. Exit code 1: not all is well.',
    )
    .addArgument(connectionIdArgument())
    .addHelpText('after', examples('test acme', 'test acme --json'))
    .action((connectionId: string) =>
      run(async ({ output, services }) => {
        const connections = await services.connections();
        const report = await connections.test(connectionId);
        await output.answer(report, () => connectionReportLines(report, output.colours));
        return report.ok ? EXIT.done : EXIT.badAnswer;
      }),
    );
