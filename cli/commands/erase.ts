import { confirm } from '@inquirer/prompts';
import { Command, Option } from 'commander';
import { type Erased, type ErasureReport, type ErasureRule } from '../../evidence/erasure/erasure.js';
import { SHORTEST_SUBJECT } from '../../evidence/erasure/subject.js';
import { actorHere } from '../console/actor.js';
import { connectionIdArgument, parseMoment } from '../console/arguments.js';
import { examples, GROUPS, type CommandDefinition, type Context } from '../command.js';
import { EXIT } from '../console/exit-codes.js';
import { CliError } from '../console/failures.js';
import { requireConnection } from '../reach/stored-connection.js';
import { canAsk } from '../console/terminal.js';
import { ERASABLE, type Erasable } from '../../evidence/erasure/eraser.js';
import { defined } from '../../model/json.js';

interface EraseOptions {
  readonly before?: Date;
  readonly subject?: string;
  readonly what?: Erasable;
  readonly reason: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export const erase: CommandDefinition = (run) =>
  new Command('erase')
    .helpGroup(GROUPS.evidence)
    .summary('erase bodies by age or by person; the rest stays provable')
    .description(DESCRIPTION)
    .addArgument(connectionIdArgument())
    .option('--before <date>', 'what is older than this (UTC)', parseMoment)
    .option('--subject <text>', 'what mentions this person: an address or a name')
    .addOption(new Option('--what <what>', 'which evidence (all that Mimecast said)').choices(ERASABLE))
    .requiredOption('--reason <text>', 'why, without names: kept in the log for good')
    .option('--dry-run', 'say what would be erased, and change nothing')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      examples(
        'erase acme --before 2025-01-01 --reason "retention policy 12"',
        'erase acme --subject jane@example.com --reason "request 4711" --dry-run',
        'erase acme --subject jane@example.com --reason "request 4711" --yes --json',
      ),
    )
    .action((connectionId: string, options: EraseOptions) =>
      run(
        async (context) => {
          const { output, services, signal, terminal } = context;
          const rule = ruleOf(options, terminal.now());
          const what = options.what && [options.what];
          const evidence = await services.evidence();
          await requireConnection(evidence, connectionId);
          if (options.dryRun || !options.yes) {
            if (!options.dryRun) requirePrompt(context);
            const found = await evidence.erasure.preview(connectionId, defined({ rule, what }));
            if (options.dryRun) {
              await output.answer({ connectionId, ...found }, () => [
                `${connectionId}: ${counted(found)} would be erased`,
              ]);
              return EXIT.done;
            }
            await requireConsent(context, connectionId, found);
          }
          const actor = actorHere();
          const request = defined({ rule, reason: options.reason, what, actor });
          const report = await evidence.erasure.erase(connectionId, request, signal);
          await output.answer(report, () => reportLines(report));
          return signal.aborted ? EXIT.interrupted : EXIT.done;
        },
        { endsOnSignal: true },
      ),
    );

const DESCRIPTION = `Erases the bodies of evidence for good: of what is older than a date, or of what mentions a person, whatever the case, as a
whole word or address. Works without Temporal, and for disconnected connections too.

What was erased keeps its place and its digest, and the log tells the rule, the reason, who asked and how much: so
"verify" still holds and finds anything else that is missing. A person is named nowhere: the log has an HMAC of the
subject, and its key, the receipt, is only in this answer.

An event that is read again stays erased. A policy that still names the person is read and kept again by the next poll:
change it at Mimecast first. Until then a control that needs an erased body says unknown.`;

function ruleOf({ before, subject }: EraseOptions, now: Date): ErasureRule {
  if ((before === undefined) === (subject === undefined)) {
    throw new CliError(
      'usage.erase',
      'Say what to erase: either --before or --subject.',
      'See temporal-mimecast erase --help.',
    );
  }
  if (subject !== undefined) {
    if (subject.trim().length >= SHORTEST_SUBJECT) return { subject };
    throw new CliError(
      'invalid-subject',
      `A subject has at least ${SHORTEST_SUBJECT} characters.`,
      'Give the whole address, or the full name.',
    );
  }
  if (before !== undefined && before <= now) return { before };
  throw new CliError('invalid-date', '--before lies in the future.', 'Give a date that has passed.');
}

function requirePrompt({ terminal, output }: Context): void {
  if (canAsk(terminal) && !output.json) return;
  throw new CliError(
    'usage.confirmation',
    'Nobody can be asked here whether that is meant.',
    'Say --yes to erase without being asked, or --dry-run to see what would be erased.',
  );
}

async function requireConsent({ terminal }: Context, connectionId: string, found: Erased): Promise<void> {
  const message = `Erase ${counted(found)} of ${connectionId} for good?`;
  const streams = { input: terminal.stdin, output: terminal.stderr };
  if (await confirm({ message, default: false }, streams)) return;
  throw new CliError('not-confirmed', 'Nothing was erased.', 'Say yes, or give --yes.', EXIT.badAnswer);
}

function reportLines({ connectionId, entries, receipt, ...erased }: ErasureReport): string[] {
  if (!entries) return [`${connectionId}: there was nothing to erase`];
  const where =
    entries.first === entries.last ? `entry ${entries.first}` : `entries ${entries.first} to ${entries.last}`;
  return [
    `${connectionId}: erased ${counted(erased)}; ${where} of the log`,
    ...(receipt === undefined ? [] : [`receipt  ${receipt}  keep it with the request: it is kept nowhere else`]),
  ];
}

function counted({ events, observations, rows, verdicts }: Erased): string {
  return [
    `the bodies of ${events} events and ${observations} observations`,
    ...(rows > 0 ? [`${rows} rows of protection logs`] : []),
    ...(verdicts > 0 ? [`${verdicts} records of verdicts`] : []),
  ].join(', ');
}
