import { Command, InvalidArgumentError, Option } from 'commander';

export interface BenchOptions {
  readonly repetitions: number;
  readonly latenciesMs: readonly number[];
  readonly pages: number;
  /** True to measure a backfill of several days instead of polls. */
  readonly backfill?: true;
  readonly json: boolean;
}

/** Limits far above useful values, and below what a typing error could cause. */
const MAX_REPETITIONS = 50;
const MAX_PAGES = 1_000;
const MAX_LATENCY_MS = 10_000;

const LATENCIES_MS: readonly number[] = [0, 50, 250];
/** Latency at which parallel reading matters: a distant vendor. */
const BACKFILL_LATENCIES_MS: readonly number[] = [250];

/**
 * Parses the command line; help is printed, and then thrown as an error.
 *
 * @throws {CommanderError} with a message of one line
 */
export function parseOptions(argv: readonly string[], print: (text: string) => void): BenchOptions {
  const program = new Command('npm run bench')
    .usage('-- [options]')
    .description(
      'Compares the audit poll, end to end, with a raw loop that reads the same pages of a simulated Mimecast into the same Postgres.',
    )
    .option('--repetitions <count>', 'runs of each side at each latency', whole(1, MAX_REPETITIONS), 3)
    .addOption(
      new Option('--latency <list>', 'milliseconds added to each answer, with commas between')
        .argParser(latencies)
        .default(LATENCIES_MS, '0,50,250'),
    )
    .option('--pages <count>', 'pages of 500 events to read', whole(1, MAX_PAGES), 200)
    .option(
      '--backfill',
      'measure a backfill of many days against the raw loop over the same days; at 250 ms unless --latency is given',
    )
    .option('--json', 'print one JSON document on stdout and nothing else there')
    .helpOption('-h, --help', 'explain this')
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
    .configureOutput({ writeOut: print, writeErr: () => undefined })
    .exitOverride();
  program.parse(argv, { from: 'user' });
  const { repetitions, latency, pages, backfill, json = false } = program.opts<ParsedOptions>();
  const latenciesMs = backfill && latency === LATENCIES_MS ? BACKFILL_LATENCIES_MS : latency;
  return { repetitions, latenciesMs, pages, json, ...(backfill && { backfill }) };
}

interface ParsedOptions {
  readonly repetitions: number;
  readonly latency: readonly number[];
  readonly pages: number;
  readonly backfill?: true;
  readonly json?: true;
}

const whole =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };

function latencies(text: string): number[] {
  return [...new Set(text.split(',').map(whole(0, MAX_LATENCY_MS)))];
}
