import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Argument, Command } from 'commander';
import type { NewAnnotation } from '../../client/index.js';
import type { AnnotationReport } from '../../contract/reports.js';
import { connectionIdArgument, parseMoment } from '../console/arguments.js';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT } from '../console/exit-codes.js';
import { CliError } from '../console/failures.js';
import { counts } from '../rendering/posture.js';
import { dayOf } from '../../model/time.js';

interface AnnotateOptions {
  readonly notApplicable?: true;
  readonly acceptRisk?: true;
  readonly attest?: string;
  readonly withdraw?: string;
  readonly owner?: string;
  readonly reason?: string;
  readonly expires?: Date;
}

export const annotate: CommandDefinition = (run) =>
  new Command('annotate')
    .helpGroup(GROUPS.evidence)
    .summary('say something about a control: accepted, attested, not applicable')
    .description(DESCRIPTION)
    .addArgument(connectionIdArgument())
    .addArgument(new Argument('[control]', 'id of the control; not needed with --withdraw'))
    .option('--accept-risk', 'the owner knows and takes the risk (what is said when nothing else is)')
    .option('--not-applicable', 'the control does not concern this tenant: this alone changes the verdict')
    .option('--attest <file>', 'a file shows what no endpoint shows; its SHA-256 is kept, the file is not')
    .option('--owner <who>', 'who answers for it')
    .option('--reason <text>', 'why')
    .option('--expires <date>', 'when it ends (UTC)', parseMoment)
    .option('--withdraw <annotation>', 'end an annotation now; ids are shown by "posture --explain"')
    .addHelpText(
      'after',
      examples(
        'annotate acme archive-retention --accept-risk --owner "Head of IT" --reason "budget 2027" --expires 2027-01-31',
        'annotate acme url-protection-policy --attest console.pdf --owner "Mail team" --reason "seen in the console" --expires 2027-03-31',
        'annotate acme --withdraw 3f9c0a1b2d',
      ),
    )
    .action((connectionId: string, controlId: string | undefined, options: AnnotateOptions) =>
      run(async ({ output, services }) => {
        const connections = await services.connections();
        const report =
          options.withdraw === undefined
            ? await connections.annotate(connectionId, await annotationOf(controlId, options))
            : await connections.withdrawAnnotation(connectionId, options.withdraw);
        await output.answer(report, () => reportLines(report));
        return EXIT.done;
      }),
    );

const DESCRIPTION = `Keeps what people say about a control beside its verdict, with an owner, a reason and an end. It never hides a verdict, and
one that has ended is called out. The verdicts are made again at once.`;

async function annotationOf(controlId: string | undefined, options: AnnotateOptions): Promise<NewAnnotation> {
  const { owner, reason, expires, attest } = options;
  if (controlId === undefined)
    throw missing('which control it is about', 'Name it: temporal-mimecast controls lists them.');
  if (owner === undefined) throw missing('who answers for it', 'Say --owner.');
  if (reason === undefined) throw missing('why', 'Say --reason.');
  if (expires === undefined) throw missing('when it ends', 'Say --expires, such as --expires 2027-01-31.');
  const kind = kindOf(options);
  const request = { controlId, kind, owner, reason, expiresAt: expires };
  return attest === undefined
    ? request
    : { ...request, file: { name: basename(attest), sha256: await digestOf(attest) } };
}

function kindOf({ notApplicable, acceptRisk, attest }: AnnotateOptions): NewAnnotation['kind'] {
  const chosen = [
    ...(notApplicable ? ['not-applicable' as const] : []),
    ...(acceptRisk ? ['accepted-risk' as const] : []),
    ...(attest === undefined ? [] : ['attestation' as const]),
  ];
  const [kind = 'accepted-risk', ...others] = chosen;
  if (others.length === 0) return kind;
  throw new CliError(
    'invalid-annotation',
    'An annotation says one thing.',
    'Use one of --accept-risk, --not-applicable, --attest.',
  );
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch {
    throw new CliError('unreadable-file', `${file} cannot be read.`, 'Check the path. Nothing was changed.');
  }
  return hash.digest('hex');
}

function missing(what: string, nextStep: string): CliError {
  return new CliError('invalid-annotation', `An annotation must say ${what}.`, nextStep);
}

function reportLines({ connectionId, annotation, posture }: AnnotationReport): string[] {
  const { annotationId, controlId, kind, expiresAt, withdrawnAt } = annotation;
  const until = withdrawnAt === undefined ? `until ${dayOf(expiresAt)}` : 'withdrawn';
  return [
    `${connectionId} ${controlId}: ${kind} ${until} (${annotationId})`,
    ...(posture ? [`now ${counts(posture.summary)}`] : []),
  ];
}
