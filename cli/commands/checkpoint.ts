import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { connectionIdArgument } from '../console/arguments.js';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT } from '../console/exit-codes.js';
import { CliError } from '../console/failures.js';
import type { Settings } from '../reach/settings.js';
import { requireConnection } from '../reach/stored-connection.js';

interface CheckpointOptions {
  readonly key?: string;
  readonly out?: string;
}

export const checkpoint: CommandDefinition = (run) =>
  new Command('checkpoint')
    .helpGroup(GROUPS.evidence)
    .summary('sign where the log stands, to be kept elsewhere')
    .description(DESCRIPTION)
    .addArgument(connectionIdArgument())
    .option('--key <file>', 'the private key (MIMECAST_CHECKPOINT_KEY_FILE)')
    .option('--out <file>', 'write it to a file instead of stdout')
    .addHelpText(
      'after',
      examples('checkpoint acme > acme.jws', 'checkpoint acme --key mimecast-checkpoint-key.pem --out acme.jws'),
    )
    .action((connectionId: string, { key: keyFile, out }: CheckpointOptions) =>
      run(async ({ output, services, settings }) => {
        const { makeCheckpoint } = await import('../../activities/maintenance.js');
        const { readCheckpointSigningKey } = await import('../../vault/checkpoint-key.js');
        const key = await readCheckpointSigningKey(keyFile ?? keyFileOf(settings));
        const evidence = await services.evidence();
        await requireConnection(evidence, connectionId);
        const standing = await evidence.checkpoints.standing(connectionId);
        if (!standing) throw new Error(`The log of ${connectionId} has no head.`);
        const { jws } = await makeCheckpoint(key, standing);
        const document = { connectionId, kid: key.kid, ...standing.head, at: standing.at.toISOString(), jws };
        if (out === undefined) {
          await output.answer(document, () => [jws]);
          return EXIT.done;
        }
        const file = path.resolve(out);
        await writeFile(file, `${jws}\n`, { mode: 0o600 });
        await output.answer({ ...document, file }, () => [
          `${connectionId}: entry ${standing.head.sequence}, signed in ${file}`,
        ]);
        return EXIT.done;
      }),
    );

const DESCRIPTION = `Signs where the log of a connection stands now: number and hash of its newest entry, as a compact JWS. Kept where whoever
may write to the database may not, it shows later that nothing before it was changed or cut off: see "verify --checkpoint".

Workers do the same once a day when MIMECAST_CHECKPOINT_KEY_FILE is set, with MIMECAST_CHECKPOINT_DIR (a folder) or
MIMECAST_CHECKPOINT_COMMAND (a command that reads it).`;

function keyFileOf({ checkpoints: { keyFile } }: Settings): string {
  if (keyFile !== undefined) return keyFile;
  throw new CliError(
    'no-checkpoint-key',
    'There is no key to sign with.',
    'Set MIMECAST_CHECKPOINT_KEY_FILE or give --key. "temporal-mimecast vault checkpoint-key" makes a key.',
    EXIT.unreachable,
  );
}
