import { Command } from 'commander';
import { connectionIdArgument } from '../console/arguments.js';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT } from '../console/exit-codes.js';
import { connectionReportLines } from '../rendering/connection-report.js';

interface TestOptions {
  readonly findRegion?: boolean;
}

export const test: CommandDefinition = (run) =>
  new Command('test')
    .helpGroup(GROUPS.connections)
    .summary('call Mimecast with the saved keys and say what they may read')
    .description(DESCRIPTION)
    .addArgument(connectionIdArgument())
    .option('--find-region', 'when the keys are refused, also try them once at each other region')
    .addHelpText('after', examples('test acme', 'test acme --find-region', 'test acme --json'))
    .action((connectionId: string, { findRegion = false }: TestOptions) =>
      run(async ({ output, services }) => {
        const connections = await services.connections();
        const report = await connections.test(connectionId, findRegion ? { findRegion } : {});
        await output.answer(report, () => connectionReportLines(report, output.colours));
        return report.ok ? EXIT.done : EXIT.badAnswer;
      }),
    );

const DESCRIPTION = `Calls every endpoint of the connection's streams with the saved keys, and says what each of them answered and what to
do about it. Stores nothing and changes nothing.

Exit code 0: the keys were accepted, they open the connection's own account, and nothing is forbidden or failed. Endpoints
that are empty, or that Mimecast does not offer to this tenant, are answers. Exit code 1: anything else.`;
