import { Command, Option } from 'commander';
import { isOverdue, postureFailures, type PostureGate } from '../../posture/gate.js';
import type { ControlResult, StoredEvaluation } from '../../model/verdicts.js';
import { connectionIdArgument, parseMoment } from '../console/arguments.js';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT, type ExitCode } from '../console/exit-codes.js';
import { CliError } from '../console/failures.js';
import { explanationLines, postureLines } from '../rendering/posture.js';

interface PostureOptions {
  readonly all?: true;
  readonly explain?: string;
  readonly at?: Date;
  readonly failOn?: PostureGate['failOn'];
  readonly minSeverity: PostureGate['minSeverity'];
  readonly strict?: true;
}

export const posture: CommandDefinition = (run) =>
  new Command('posture')
    .helpGroup(GROUPS.evidence)
    .summary('whether the email-security controls are on')
    .description(DESCRIPTION)
    .addArgument(connectionIdArgument())
    .option('--all', 'show what passes, too')
    .option('--explain <control>', 'explain one verdict: rule, evidence, what to do')
    .option('--at <moment>', 'what held at that moment (UTC)', parseMoment)
    .addOption(
      new Option('--fail-on <verdict>', 'exit code 1 when a control has this verdict').choices(['fail', 'unknown']),
    )
    .addOption(
      new Option('--min-severity <severity>', 'what --fail-on looks at')
        .choices(['low', 'medium', 'high'])
        .default('low'),
    )
    .option('--strict', 'with --fail-on, count what was accepted or attested, too')
    .addHelpText(
      'after',
      examples(
        'posture acme',
        'posture acme --explain archive-retention',
        'posture acme --fail-on fail --min-severity high',
        'posture acme --at 2026-09-30T23:59Z --json',
      ),
    )
    .action((connectionId: string, options: PostureOptions) =>
      run(async ({ output, services, terminal }) => {
        const connections = await services.connections();
        const evaluation = await connections.posture(connectionId, options.at ? { at: options.at } : {});
        const explained = options.explain === undefined ? undefined : controlOf(evaluation, options.explain);
        const overdue = options.at === undefined && isOverdue(evaluation, terminal.now());
        if (overdue) output.warn(OVERDUE);
        await output.answer(explained ?? evaluation, () =>
          explained
            ? explanationLines(evaluation, explained, output.colours)
            : postureLines(evaluation, { all: options.all ?? false }, output.colours),
        );
        return exitCodeOf(evaluation, options, overdue);
      }),
    );

const DESCRIPTION = `Shows what the controls say about a connection: the newest record, which is made after each poll and whenever a verdict
turns by itself. "unknown" is never a pass: it says what could not be read.`;

const OVERDUE = 'These verdicts should have been looked at again by now. Is a worker running? temporal-mimecast doctor';

function exitCodeOf(evaluation: StoredEvaluation, options: PostureOptions, overdue: boolean): ExitCode {
  const { failOn, minSeverity, strict = false } = options;
  if (failOn === undefined) return EXIT.done;
  const isBad = overdue || postureFailures(evaluation, { failOn, minSeverity, strict }).length > 0;
  return isBad ? EXIT.badAnswer : EXIT.done;
}

function controlOf({ controls }: StoredEvaluation, id: string): ControlResult {
  const found = controls.find((control) => control.id === id);
  if (found) return found;
  throw new CliError(
    'unknown-control',
    `This record has no control ${JSON.stringify(id)}.`,
    `It has ${controls.map((control) => control.id).join(', ')}.`,
  );
}
