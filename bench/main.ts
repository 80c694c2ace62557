import { availableParallelism, loadavg } from 'node:os';
import { CommanderError } from 'commander';
import { EXIT, type ExitCode } from '../cli/console/exit-codes.js';
import { failureOf } from '../cli/console/failures.js';
import { unlessInterrupted } from '../cli/console/interruption.js';
import { Output } from '../cli/console/output.js';
import { endProcesses } from './bench-process.js';
import { backfillReportLines, measureBackfill, type BackfillDocument } from './measure-backfill.js';
import { measure } from './measure.js';
import { parseOptions, type BenchOptions } from './options.js';
import { documentOf, reportLines, type BenchDocument } from './report.js';
import { startStack, type RunningStack } from './stack.js';
import { daysOf, workloadOf, type Workload } from './workload.js';

/** Size factor of the larger poll, for the comparison of memory. */
const LARGER = 4;

const interruption = new AbortController();

/**
 * Handles Ctrl-C and SIGTERM: the first stops everything in order, the second exits immediately. Child processes end in
 * both cases.
 */
function interrupt(): void {
  if (interruption.signal.aborted) process.exit(EXIT.interrupted);
  interruption.abort();
}

process.on('SIGINT', interrupt).on('SIGTERM', interrupt);

const argv = process.argv.slice(2);
const output = new Output(
  { env: process.env, stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, now: () => new Date() },
  { json: argv.includes('--json'), debug: Boolean(process.env['DEBUG']) },
);

async function main(): Promise<ExitCode> {
  try {
    const options = parseOptions(argv, (text) => process.stdout.write(text));
    const document = await run(options);
    await output.answer(document, () => linesOf(document));
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
    const { nextStep, ...failure } = failureOf(error);
    // The next step belongs to the product's own command line; a benchmark reports only its usage error.
    const isUsage = error instanceof CommanderError;
    output.fail({ ...failure, ...(nextStep !== undefined && !isUsage && { nextStep }) }, error);
    return failure.exitCode;
  }
}

const linesOf = (document: BenchDocument | BackfillDocument): string[] =>
  'backfill' in document ? backfillReportLines(document, output.colours) : reportLines(document, output.colours);

async function run(options: BenchOptions): Promise<BenchDocument | BackfillDocument> {
  const log = (line: string): void => {
    output.note(line);
  };
  noteOtherWork(log);
  return options.backfill ? await runBackfill(options, log) : await runPolls(options, log);
}

async function runBackfill(options: BenchOptions, log: (line: string) => void): Promise<BackfillDocument> {
  const workload = daysOf(1, options.pages, new Date());
  const stack = await start([workload], log);
  try {
    return await unlessInterrupted(measureBackfill(stack, options, workload, log), interruption.signal);
  } finally {
    await endProcesses();
    await stack.stop();
  }
}

async function start(workloads: readonly Workload[], log: (line: string) => void): Promise<RunningStack> {
  log('Starting Postgres, Temporal and the simulated Mimecast.');
  return await startStack(
    workloads.map(({ tenant }) => tenant),
    log,
  );
}

async function runPolls(options: BenchOptions, log: (line: string) => void): Promise<BenchDocument> {
  const { pages } = options;
  const startedAt = new Date();
  const workload = workloadOf(1, pages, startedAt);
  const larger = workloadOf(2, LARGER * pages, startedAt);
  const stack = await start([workload, larger], log);
  try {
    const measured = await unlessInterrupted(measure(stack, options, workload, larger, log), interruption.signal);
    return documentOf(measured, pages);
  } finally {
    await endProcesses();
    await stack.stop();
  }
}

/** Notes a busy machine. It slows down both sides by different factors, because one of them works in two processes. */
function noteOtherWork(log: (line: string) => void): void {
  const [load = 0] = loadavg();
  const cpus = availableParallelism();
  if (load < cpus / 2) return;
  log(`The machine is busy with other work (load ${load.toFixed(1)} on ${cpus} CPUs): the numbers will say little.`);
}

/** Resolves when all output has left the process. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => {
      resolve();
    });
  });
}

const exitCode = await main();
await Promise.all([process.stdout, process.stderr].map((stream) => written(stream)));
// Exits explicitly, because aborted work may still keep the event loop alive.
process.exit(exitCode);
