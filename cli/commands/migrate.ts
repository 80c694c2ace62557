import { Command } from 'commander';
import { examples, GROUPS, type CommandDefinition, type Context } from '../command.js';
import { EXIT } from '../console/exit-codes.js';
import { connectToTemporal, databaseUrlOf } from '../reach/services.js';
import { upgradeLines, upgradeProgress } from '../rendering/upgrade.js';

interface MigrateOptions {
  readonly adoptNamespace?: boolean;
}

export const migrate: CommandDefinition = (run) =>
  new Command('migrate')
    .helpGroup(GROUPS.set)
    .summary('upgrade the database, and the workflows of connections')
    .description(DESCRIPTION)
    .option('--adopt-namespace', 'after a restore or a move: restart every connection in this Temporal namespace')
    .addHelpText('after', examples('migrate', 'migrate --adopt-namespace'))
    .action((options: MigrateOptions) =>
      run(async (context) => {
        await migrateTo(context, options);
        return EXIT.done;
      }),
    );

async function migrateTo({ output, settings }: Context, { adoptNamespace = false }: MigrateOptions): Promise<void> {
  const databaseUrl = databaseUrlOf(settings);
  const { upgrade } = await import('../../worker/index.js');
  const { describeDatabase } = await import('../../evidence/database/database.js');
  const { address, namespace } = settings.temporal;
  output.note(`Database: ${describeDatabase(databaseUrl)}`);

  const progress = upgradeProgress(output);
  const opened: { close(): Promise<void> }[] = [];
  try {
    const report = await upgrade({
      databaseUrl,
      taskQueue: settings.taskQueue,
      ...(adoptNamespace && { adoptNamespace: 'always' }),
      onProgress: progress.show,
      async client() {
        output.note(`Temporal: ${address}, namespace ${namespace}`);
        const { Client } = await import('@temporalio/client');
        const connection = await connectToTemporal(settings.temporal);
        opened.push(connection);
        return new Client({ connection, namespace });
      },
    });
    progress.clear();
    await output.answer(report, () => upgradeLines(report));
  } finally {
    progress.clear();
    await Promise.all(opened.map((connection) => connection.close()));
  }
}

const DESCRIPTION = `Brings the database in DATABASE_URL to this release: applies the migrations of its schema "mimecast", then restarts the
workflow of each connection that an earlier release started, from the connection's row. Run it at each release: stop
all workers, migrate, start the new workers.

Where there are such connections it needs Temporal, refuses a namespace that is not the database's own, and waits up to
2 minutes for workers to stop. Otherwise it needs no Temporal and may run while workers run. Safe to run twice, and to
run again after it was interrupted.`;
