import { Command } from 'commander';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT } from '../console/exit-codes.js';
import { databaseUrlOf } from '../reach/services.js';

export const migrate: CommandDefinition = (run) =>
  new Command('migrate')
    .helpGroup(GROUPS.set)
    .summary('bring the database up to date')
    .description(
      'Brings the schema "mimecast" of the database in DATABASE_URL up to date. Safe to run twice, and while workers run.',
    )
    .addHelpText('after', examples('migrate'))
    .action(() =>
      run(async ({ output, settings }) => {
        const { migrate: applyMigrations } = await import('../../evidence/database/migrate.js');
        const { applied } = await applyMigrations(databaseUrlOf(settings));
        await output.answer({ applied }, () =>
          applied.length === 0 ? ['The database is up to date.'] : applied.map((name) => `applied ${name}`),
        );
        return EXIT.done;
      }),
    );
