import path from 'node:path';
import { Command } from 'commander';
import type { Keyring } from '../../vault/keys.js';
import { parseConnectionId } from '../console/arguments.js';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT } from '../console/exit-codes.js';
import { takeKeys } from '../keys/given-keys.js';
import { keyringFileOf, readSealingKeyOf } from '../reach/services.js';
import { checkpointKey } from './vault-checkpoint-key.js';

const DEFAULT_FILE = 'mimecast-keyring.json';

export const vault: CommandDefinition = (run) =>
  new Command('vault')
    .helpGroup(GROUPS.set)
    .summary('the ring that seals keys, and the key that signs checkpoints')
    .description(
      'Looks after the ring that seals the keys of connections, and the key that signs checkpoints of their evidence.',
    )
    .addCommand(init(run))
    .addCommand(addKey(run))
    .addCommand(seal(run))
    .addCommand(checkpointKey(run));

const init: CommandDefinition = (run) =>
  new Command('init')
    .summary('make a ring')
    .description(
      'Writes a new ring (mode 0600) and, beside it, its public key for machines that only connect. Never overwrites.',
    )
    .option('--file <file>', `where to (MIMECAST_KEYRING_FILE, or ${DEFAULT_FILE})`)
    .addHelpText('after', examples('vault init', 'vault init --file /etc/mimecast/keyring.json'))
    .action((options: { readonly file?: string }) =>
      run(async ({ output, terminal }) => {
        const file = path.resolve(options.file ?? terminal.env['MIMECAST_KEYRING_FILE'] ?? DEFAULT_FILE);
        const written = await writeKeyring(file);
        await output.answer(written, () => [
          `ring        ${file}  for workers; keep it secret, and keep a copy: without it saved keys are lost`,
          `public key  ${written.publicKeyFile}  for machines that only connect`,
          `kid         ${written.kid}`,
          '',
          `next  export MIMECAST_KEYRING_FILE=${file}`,
        ]);
        return EXIT.done;
      }),
    );

const addKey: CommandDefinition = (run) =>
  new Command('add-key')
    .summary('add a key to the ring, which seals from now on')
    .description(ADD_KEY)
    .option('--file <file>', 'the ring (MIMECAST_KEYRING_FILE)')
    .addHelpText('after', examples('vault add-key', 'vault add-key --file /etc/mimecast/keyring.json'))
    .action((options: { readonly file?: string }) =>
      run(async ({ output, settings }) => {
        const file = path.resolve(options.file ?? keyringFileOf(settings));
        const { addKeyToFile } = await import('../../vault/keyring.js');
        const written = await withPublicKey(file, await addKeyToFile(file));
        await output.answer(written, () => [
          `ring        ${file}  ${written.keys} keys; keep a copy: without it saved keys are lost`,
          `public key  ${written.publicKeyFile}`,
          `kid         ${written.kid}  seals from now on; the older keys still open what they sealed`,
          '',
          'next  Restart the workers that read this ring, before anything is sealed: until then they cannot open it.',
          '      Then give the public key to the machines that seal.',
        ]);
        return EXIT.done;
      }),
    );

const ADD_KEY = `Adds a key to the ring, which seals from now on. The older keys stay and still open what they sealed; each connection
moves to the new key when its keys are next rotated. The file is replaced in one step and keeps its owner and mode.

Workers read the ring when they start: restart them before anything is sealed with the new key.`;

const seal: CommandDefinition = (run) =>
  new Command('seal')
    .summary('seal the keys of a connection, for a file in git')
    .description(SEAL)
    .requiredOption(
      '--connection <id>',
      'the connection that the keys are for; no other can open them',
      parseConnectionId,
    )
    .option('--keys-file <file>', 'read the keys from a file: JSON, or lines KEY=VALUE')
    .addHelpText(
      'after',
      examples('vault seal --connection acme', 'vault seal --connection acme --keys-file acme.env > acme.jwe'),
    )
    .action((options: { readonly connection: string; readonly keysFile?: string }) =>
      run(async (context) => {
        const { connection: connectionId, keysFile } = options;
        const { describeSealed, sealCredentials } = await import('../../vault/sealing.js');
        const key = await readSealingKeyOf(context.settings);
        const credentials = await takeKeys(context, keysFile, { ready: () => Promise.resolve(undefined) });
        const sealed = await sealCredentials(key, connectionId, { ...credentials });
        await context.output.answer({ sealed, ...describeSealed(sealed) }, () => [sealed]);
        return EXIT.done;
      }),
    );

const SEAL = `Seals the keys of a connection for the workers' ring, and prints them as one line that may be kept in git: in a file for
"apply", or for "rotate --sealed-file". Needs the ring or its public key (MIMECAST_KEYRING_FILE), and neither Temporal nor
Postgres.

The keys come from the environment, a file, or a prompt that hides them, as for connect; never from an argument.`;

interface KeyringDescription {
  readonly file: string;
  readonly publicKeyFile: string;
  readonly kid: string;
  /** Number of keys. */
  readonly keys: number;
}

async function writeKeyring(file: string): Promise<KeyringDescription> {
  const { writeNewKeyring } = await import('../../vault/keyring.js');
  return await withPublicKey(file, await writeNewKeyring(file));
}

/** Writes the public key of the current key beside the keyring. */
async function withPublicKey(file: string, keyring: Keyring): Promise<KeyringDescription> {
  const { sealingKey, writeSealingKey } = await import('../../vault/keyring.js');
  const publicKeyFile = `${file.replace(/\.json$/, '')}.public.json`;
  await writeSealingKey(publicKeyFile, sealingKey(keyring));
  return { file, publicKeyFile, kid: keyring.current, keys: keyring.keys.length };
}
