import { Command } from 'commander';
import { parseConnectionId } from '../console/arguments.js';
import { examples, GROUPS, type CommandDefinition, type Context } from '../command.js';
import { EXIT } from '../console/exit-codes.js';
import { CliError } from '../console/failures.js';
import { requireConnection } from '../reach/stored-connection.js';
import type { Colours } from '../console/terminal.js';
import type { Checkpointed, Verification } from '../../evidence/proof/verifier.js';

interface VerifyOptions {
  readonly bundle?: string;
  readonly checkpoint?: string;
  readonly key?: string;
}

export const verify: CommandDefinition = (run) =>
  new Command('verify')
    .helpGroup(GROUPS.evidence)
    .summary('recompute the hash chain and every digest')
    .description(DESCRIPTION)
    .argument('[id]', 'id of the connection', parseConnectionId)
    .option('--bundle <file>', 'verify a bundle (or - for standard input) instead of the database')
    .option('--checkpoint <file>', 'a checkpoint that must lie on the chain')
    .option('--key <file>', 'the public key of whoever signed the checkpoint')
    .addHelpText(
      'after',
      examples(
        'verify acme',
        'verify acme --checkpoint acme-2026-11-24.jws --key mimecast-checkpoint-key.public.pem',
        'verify --bundle acme.jsonl --checkpoint acme-2026-11-24.jws --key mimecast-checkpoint-key.public.pem',
      ),
    )
    .action((connectionId: string | undefined, options: VerifyOptions) => {
      checkUsage(connectionId, options);
      return run(async (context) => {
        const { output } = context;
        const checkpoint = await readCheckpoint(options);
        const verification =
          options.bundle === undefined
            ? await verifyStored(context, connectionId ?? '', checkpoint)
            : await verifyFile(context, options.bundle, connectionId, checkpoint);
        await output.answer(verification, () => [verdict(verification, output.colours)]);
        return verification.ok ? EXIT.done : EXIT.badAnswer;
      });
    });

const DESCRIPTION = `Recomputes the hash-chained log of a connection and every digest that it covers, in the database or in a bundle that
"export --what bundle" wrote. A bundle needs neither database nor network. Bodies that were erased by rule are counted.

Whoever may write to the database could make a whole new log that holds. A checkpoint that was kept elsewhere finds that,
and also what was cut off before it. Exit code 1: something was changed, and the first entry that does not hold is named.`;

function checkUsage(connectionId: string | undefined, { bundle, checkpoint, key }: VerifyOptions): void {
  if (connectionId === undefined && bundle === undefined) {
    throw new CliError('usage.verify', 'Verify what?', 'Name a connection, or give --bundle FILE.');
  }
  if ((checkpoint === undefined) === (key === undefined)) return;
  throw new CliError(
    'usage.verify',
    'A checkpoint proves something only with the key that signed it.',
    'Give --checkpoint and --key together.',
  );
}

/** A verified checkpoint and its connection. */
type NamedCheckpoint = Checkpointed & { readonly connectionId: string };

async function readCheckpoint({ checkpoint, key }: VerifyOptions): Promise<NamedCheckpoint | undefined> {
  if (checkpoint === undefined || key === undefined) return undefined;
  const { readCheckpointPublicKey } = await import('../../vault/checkpoint-key.js');
  const { openCheckpoint } = await import('../../vault/checkpoint.js');
  const { readTextFile } = await import('../console/text-files.js');
  const { connectionId, sequence, hash, at } = await openCheckpoint(
    await readCheckpointPublicKey(key),
    (await readTextFile(checkpoint)).trim(),
  );
  return { connectionId, sequence, hash, at };
}

async function verifyStored(
  { services }: Context,
  connectionId: string,
  checkpoint: NamedCheckpoint | undefined,
): Promise<Verification> {
  requireSame(connectionId, checkpoint);
  const evidence = await services.evidence();
  await requireConnection(evidence, connectionId);
  return await evidence.proof.verify(connectionId, checkpoint);
}

async function verifyFile(
  { terminal, signal }: Context,
  file: string,
  wanted: string | undefined,
  checkpoint: NamedCheckpoint | undefined,
): Promise<Verification> {
  const { verifyBundle } = await import('../../evidence/proof/verify-bundle.js');
  const { linesOf } = await import('../console/text-files.js');
  return await verifyBundle(linesOf(file, terminal, signal), ({ connectionId }) => {
    if (wanted !== undefined && wanted !== connectionId) {
      throw new CliError(
        'other-connection',
        `This is the bundle of "${connectionId}".`,
        `Give the bundle of "${wanted}".`,
      );
    }
    requireSame(connectionId, checkpoint);
    return checkpoint;
  });
}

/** Rejects a checkpoint of another connection: it proves nothing about this one. */
function requireSame(connectionId: string, checkpoint: NamedCheckpoint | undefined): void {
  if (checkpoint === undefined || checkpoint.connectionId === connectionId) return;
  throw new CliError(
    'other-connection',
    `The checkpoint is of "${checkpoint.connectionId}", and this is "${connectionId}".`,
    `Give a checkpoint of "${connectionId}".`,
  );
}

function verdict({ connectionId, records, erased, checkpoint, firstBroken }: Verification, colours: Colours): string {
  if (firstBroken !== undefined) {
    const { sequence, kind, reason } = firstBroken;
    return `${connectionId}: ${colours.red('BROKEN')} at record ${sequence} (${kind}): ${reason}`;
  }
  const gone = erased && `, ${erased.events + erased.observations + erased.rows + erased.verdicts} erased by rule`;
  const kept = checkpoint && `, checkpoint of ${checkpoint.at} at record ${checkpoint.sequence} lies on the chain`;
  return `${connectionId}: ${colours.green('holds')}, ${records} records${gone ?? ''}${kept ?? ''}`;
}
