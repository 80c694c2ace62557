import path from 'node:path';
import { Command } from 'commander';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT } from '../exit-codes.js';

const DEFAULT_FILE = 'mimecast-keyring.json';

export const vault: CommandDefinition = (run) =>
  new Command('vault')
    .helpGroup(GROUPS.set)
    .summary('the ring that seals the keys of connections')
    .description('Looks after the ring that seals the keys of connections.')
    .addCommand(
      new Command('init')
        .description(
          'Writes a new ring (mode 0600) and, beside it, its public key for machines that only connect. Never overwrites.',
        )
        .option('--file <file>', `where to (MIMECAST_KEYRING_FILE, or ${DEFAULT_FILE})`)
        .addHelpText('after', examples('vault init', 'vault init --file /etc/mimecast/keyring.json'))
        .action((options: { readonly file?: string }) =>
          run(async ({ output, terminal }) => {
            const file = path.resolve(options.file ?? terminal.env['MIMECAST_KEYRING_FILE'] ?? DEFAULT_FILE);
            const written = await writeRing(file);
            await output.answer(written, () => [
              `ring        ${file}  for workers; keep it secret, and keep a copy: without it saved keys are lost`,
              `public key  ${written.publicKeyFile}  for machines that only connect`,
              `kid         ${written.kid}`,
              '',
              `next  export MIMECAST_KEYRING_FILE=${file}`,
            ]);
            return EXIT.done;
          }),
        ),
    );

async function writeRing(file: string): Promise<{ file: string; publicKeyFile: string; kid: string }> {
  const { sealingKey, writeNewKeyring, writeSealingKey } = await import('../../vault/keyring.js');
  const ring = await writeNewKeyring(file);
  const publicKeyFile = `${file.replace(/\.json$/, '')}.public.json`;
  await writeSealingKey(publicKeyFile, sealingKey(ring));
  return { file, publicKeyFile, kid: ring.current };
}
