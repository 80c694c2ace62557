import { Command } from 'commander';
import { MimecastApplyError } from '../../client/apply/problems.js';
import type { ApplyDocument, ApplyReport } from '../../client/index.js';
import { parseConnectionId } from '../console/arguments.js';
import { FileProblemsError, inFile } from '../apply/file-problems.js';
import type { LoadedDocuments } from '../apply/load-documents.js';
import { examples, GROUPS, type CommandDefinition, type Context } from '../command.js';
import { EXIT, type ExitCode } from '../console/exit-codes.js';
import { CliError } from '../console/failures.js';
import { interrupted, unlessInterrupted } from '../console/interruption.js';
import { applyLines, planLines } from '../rendering/plan.js';
import type { Connections } from '../reach/services.js';

interface ApplyArguments {
  readonly file: readonly string[];
  readonly dryRun?: boolean;
  readonly only?: readonly string[];
  readonly prune?: boolean;
  readonly pruneLimit?: number;
  readonly concurrency?: number;
}

export const apply: CommandDefinition = (run) =>
  new Command('apply')
    .helpGroup(GROUPS.connections)
    .summary('make the connections what files say')
    .description(DESCRIPTION)
    .requiredOption('-f, --file <file>', 'YAML, or - for standard input; may be repeated', collectFile)
    .option('--dry-run', 'say what would be done, and change nothing')
    .option('--only <id>', 'only this connection; may be repeated', collectId)
    .option('--prune', 'disconnect what is in no file')
    .option('--prune-limit <count>', 'refuse when more would be disconnected (1)', wholeNumber('--prune-limit', 0))
    .option('--concurrency <count>', 'connections worked on at a time (10)', wholeNumber('--concurrency', 1))
    .addHelpText('after', examples(...EXAMPLES))
    .addHelpText('after', FILE_FORMAT)
    .action((options: ApplyArguments) => run((context) => applyFiles(context, options), { endsOnSignal: true }));

const DESCRIPTION = `Makes the connections what files say: connects, edits, rotates keys, and starts again a workflow that is missing. Files
that were applied already change nothing.

All files are checked as a whole before the first change, and everything that is wrong with them is told with its line.
Keys are compared with those in use by a fingerprint, so the same keys are no rotation. With --dry-run nothing is sent and no
command runs: keys in files and variables are compared too, and the plan names each command that would run. Connections
that are in no file are left alone without --prune.

When the base URL and the keys of a connection both change, the base URL is tried with the old keys first, then the new
keys at the old base URL, then the base URL again. Where neither works without the other, nothing is changed: disconnect
the connection and apply again; the evidence and the account stay. A base URL and keys of another generation of the API
are taken together, or not at all.

Exit code 0: done, or nothing to do. Exit code 1: something failed, such as keys that were refused; the others were done.
Exit code 2: a file is wrong, or more would be disconnected than --prune-limit allows. Nothing was changed.`;

const EXAMPLES = [
  'apply -f connections.yaml --dry-run',
  'apply -f connections.yaml --json',
  'apply -f eu.yaml -f us.yaml --prune --prune-limit 3',
];

const FILE_FORMAT = `
A file:
  defaults:                       # under every connection of this file
    baseUrl: https://eu-api.mimecast.com
    streams: { audit-events: { every: 6h } }
  connections:
    acme:
      sealed: eyJ…                # safe in git: temporal-mimecast vault seal --connection acme
      issuedAt: 2026-09-12
      expectedAccount: CUSA35A403
      streams: { policies: { every: 12h }, archive-settings: { enabled: false } }
    beta:                         # also: endpointPaths, pagination, thresholds, coverage, retention, statistics
      keysFrom: { env: BETA_ }    # BETA_APPLICATION_ID, BETA_APPLICATION_KEY, BETA_ACCESS_KEY, BETA_SECRET_KEY;
                                  # at a host of API 2.0: BETA_CLIENT_ID, BETA_CLIENT_SECRET
    gamma:                        # a command's output, or a file: KEY=VALUE or JSON; from the folder of this file
      keysFrom: { command: [vault, read, -format=json, -field=data, secret/gamma] }
A connection without keys keeps those that it has.`;

/**
 * Applies the files. Before the plan is complete, Ctrl-C ends the command immediately; after that, it ends when the
 * connections in progress are done.
 */
async function applyFiles(context: Context, options: ApplyArguments): Promise<ExitCode> {
  const { output, services, signal } = context;
  const { loadDocuments } = await import('../apply/load-documents.js');
  const loaded = await unlessInterrupted(loadDocuments(context, options.file, options), signal);
  const sealing = options.dryRun !== true && loaded.documents.some(hasClearKeys);
  const connections = await unlessInterrupted(services.connections({ sealing }), signal);
  const report = await applyAndShow(context, connections, loaded, options);
  const lines = applyLines(report, output.colours);
  if (output.json || lines.length > 0) await output.answer(report, () => lines);
  if (report.interrupted) return EXIT.interrupted;
  return report.ok ? EXIT.done : EXIT.badAnswer;
}

const hasClearKeys = ({ connections }: ApplyDocument): boolean =>
  Object.values(connections).some(({ credentials }) => credentials !== undefined);

async function applyAndShow(
  { output, signal }: Context,
  connections: Connections,
  { documents, files, unfetchedKeys }: LoadedDocuments,
  options: ApplyArguments,
): Promise<ApplyReport> {
  const progress = output.progress();
  const count = { done: 0, failed: 0, planned: 0 };
  const { dryRun, only, prune, pruneLimit, concurrency } = options;
  const applying = connections.apply(documents, {
    ...{ dryRun, only, prune, pruneLimit, concurrency, signal, unfetchedKeys },
    onPlan: (plan) => {
      count.planned = plan.connections.reduce((sum, { actions }) => sum + actions.length, 0);
      output.preview(() => planLines(plan, output.colours));
    },
    onResult: ({ connectionId, action, ok }) => {
      count.done += 1;
      count.failed += ok ? 0 : 1;
      progress.show(`${count.done} of ${count.planned}, ${count.failed} failed: ${connectionId} ${action}`);
    },
  });
  const givenUp = interrupted(signal).then(() => {
    if (count.planned === 0) signal.throwIfAborted();
    else output.note('Ending with the connections that are being worked on; Ctrl-C again ends at once.');
    return applying;
  });
  try {
    return await Promise.race([applying, givenUp]);
  } catch (error) {
    if (error instanceof MimecastApplyError)
      throw new FileProblemsError(
        error.faults.map((problem) => inFile(problem, files)),
        options.file,
      );
    throw error;
  } finally {
    progress.clear();
  }
}

function collectFile(file: string, before: readonly string[] = []): readonly string[] {
  if (!before.includes(file)) return [...before, file];
  throw new CliError('usage.fileTwice', `${file} is given twice.`, 'Name every file once.');
}

const collectId = (id: string, before: readonly string[] = []): readonly string[] => [...before, parseConnectionId(id)];

const wholeNumber =
  (option: string, least: number) =>
  (text: string): number => {
    if (/^\d{1,6}$/.test(text) && Number(text) >= least) return Number(text);
    throw new CliError(
      'invalid-number',
      `${JSON.stringify(text)} is not a number for ${option}.`,
      `Use a whole number, ${least} or more.`,
    );
  };
