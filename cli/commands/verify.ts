import { Command } from 'commander';
import type { Verification } from '../../evidence/store.js';
import { connectionIdArgument } from '../arguments.js';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { requireConnection } from '../stored-connection.js';
import type { Colours } from '../terminal.js';

export const verify: CommandDefinition = (run) =>
  new Command('verify')
    .helpGroup(GROUPS.evidence)
    .summary('recompute the hash chain and every digest')
    .description(
      'Recomputes the hash-chained log of a connection and every digest that it covers. Exit code 1: something was changed, and the first entry that does not hold is named.',
    )
    .addArgument(connectionIdArgument())
    .addHelpText('after', examples('verify acme'))
    .action((connectionId: string) =>
      run(async ({ output, services }) => {
        const evidence = await services.evidence();
        await requireConnection(evidence, connectionId);
        const verification = await evidence.log.verify(connectionId);
        await output.answer(verification, () => [verdict(verification, output.colours)]);
        return verification.ok ? EXIT.done : EXIT.badAnswer;
      }),
    );

function verdict({ connectionId, records, firstBroken }: Verification, colours: Colours): string {
  if (firstBroken === undefined) return `${connectionId}: ${colours.green('holds')}, ${records} records`;
  const { sequence, kind, reason } = firstBroken;
  return `${connectionId}: ${colours.red('BROKEN')} at record ${sequence} (${kind}): ${reason}`;
}
