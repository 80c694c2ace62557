import path from 'node:path';
import { Command } from 'commander';
import { examples, type CommandDefinition } from '../command.js';
import { EXIT } from '../console/exit-codes.js';

const DEFAULT_FILE = 'mimecast-checkpoint-key.pem';

export const checkpointKey: CommandDefinition = (run) =>
  new Command('checkpoint-key')
    .summary('make the key that signs checkpoints')
    .description(DESCRIPTION)
    .option('--file <file>', `where to (MIMECAST_CHECKPOINT_KEY_FILE, or ${DEFAULT_FILE})`)
    .addHelpText(
      'after',
      examples('vault checkpoint-key', 'vault checkpoint-key --file /etc/mimecast/checkpoint-key.pem'),
    )
    .action((options: { readonly file?: string }) =>
      run(async ({ output, settings }) => {
        const file = path.resolve(options.file ?? settings.checkpoints.keyFile ?? DEFAULT_FILE);
        const { writeNewCheckpointKey } = await import('../../vault/checkpoint-key.js');
        const written = { file, ...(await writeNewCheckpointKey(file)) };
        await output.answer(written, () => [
          `key         ${file}  for workers; keep it secret`,
          `public key  ${written.publicKeyFile}  for whoever verifies; keep a copy away from the database`,
          `kid         ${written.kid}`,
          '',
          written.publicKey.trimEnd(),
          '',
          `next  export MIMECAST_CHECKPOINT_KEY_FILE=${file}`,
        ]);
        return EXIT.done;
      }),
    );

const DESCRIPTION = `Writes a new Ed25519 key (PEM, mode 0600) that signs checkpoints of the evidence log, and its public half beside it. Never
overwrites a private key. Any Ed25519 key in PEM does as well, such as one of OpenSSL's.`;
