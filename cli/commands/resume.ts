import { Command, Option } from 'commander';
import type { ResumeReport } from '../../contract/reports.js';
import { parseConnectionId, parseStreams, streamsArgument } from '../console/arguments.js';
import { examples, GROUPS, type CommandDefinition } from '../command.js';
import { EXIT } from '../console/exit-codes.js';
import { CliError, failureOf, type Failure } from '../console/failures.js';
import type { Connections } from '../reach/services.js';
import type { Colours } from '../console/terminal.js';
import { defined } from '../../model/json.js';

type PauseReason = 'keys-refused' | 'operator';

interface ResumeOptions {
  readonly all?: boolean;
  readonly reason?: PauseReason;
}

export const resume: CommandDefinition = (run) =>
  new Command('resume')
    .helpGroup(GROUPS.connections)
    .summary('poll on schedule again')
    .description(DESCRIPTION)
    .argument('[id]', 'id of the connection')
    .addArgument(streamsArgument())
    .option('--all', 'every connection that is paused')
    .addOption(
      new Option('--reason <reason>', 'with --all: only those that are paused for this').choices([
        'keys-refused',
        'operator',
      ]),
    )
    .addHelpText('after', examples('resume acme', 'resume acme policies', 'resume --all --reason keys-refused'))
    .action((id: string | undefined, names: readonly string[], options: ResumeOptions) => {
      const wanted = targetOf(id, options);
      const streams = parseStreams(names);
      return run(async ({ output, services }) => {
        const connections = await services.connections();
        if (wanted !== undefined) {
          const report = await connections.resume(wanted, streams.length > 0 ? { streams } : {});
          await output.answer(report, () => [resumeLine(report, output.colours)]);
          return report.resumed ? EXIT.done : EXIT.badAnswer;
        }
        const answers = await resumeAll(connections, await pausedIds(connections, options.reason));
        await output.answer(answers, () => answerLines(answers, output.colours));
        return answers.every((answer) => 'resumed' in answer && answer.resumed) ? EXIT.done : EXIT.badAnswer;
      });
    });

const DESCRIPTION = `Lifts the pause of a connection's schedules, or of the streams that are named. Keys that were refused are tried first; while
Mimecast still refuses them, the schedules stay paused and the exit code is 1.`;

/** @returns the id of one connection, or undefined for all */
function targetOf(id: string | undefined, { all = false, reason }: ResumeOptions): string | undefined {
  if (id !== undefined && !all && reason === undefined) return parseConnectionId(id);
  if (id === undefined && all) return undefined;
  throw new CliError(
    'usage.resume',
    id === undefined ? 'Which connection?' : 'Name one connection or say --all, not both.',
    'Like resume acme, or resume --all --reason keys-refused.',
  );
}

async function pausedIds(connections: Connections, reason: PauseReason | undefined): Promise<string[]> {
  const listed = await connections.list();
  return listed
    .filter(({ pausedFor = [] }) => (reason === undefined ? pausedFor.length > 0 : pausedFor.includes(reason)))
    .map(({ connectionId }) => connectionId);
}

/** Result for one of several connections. A failure does not stop the others. */
type Answer =
  ResumeReport | { readonly connectionId: string; readonly error: Pick<Failure, 'code' | 'message' | 'nextStep'> };

async function resumeAll(connections: Connections, ids: readonly string[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const connectionId of ids) {
    try {
      answers.push(await connections.resume(connectionId));
    } catch (error) {
      const { code, message, nextStep } = failureOf(error);
      answers.push({ connectionId, error: defined({ code, message, nextStep }) });
    }
  }
  return answers;
}

function answerLines(answers: readonly Answer[], colours: Colours): string[] {
  if (answers.length === 0) return ['No connection is paused for that.'];
  return answers.map((answer) =>
    'error' in answer
      ? `${answer.connectionId}: ${colours.red('not resumed')}: ${answer.error.message}`
      : resumeLine(answer, colours),
  );
}

function resumeLine({ connectionId, resumed, reason }: ResumeReport, colours: Colours): string {
  if (resumed) return `${connectionId}: ${colours.green('resumed')}`;
  return `${connectionId}: ${colours.red('STILL PAUSED')}${reason === undefined ? '' : `: ${reason}`}`;
}
