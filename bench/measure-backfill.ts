import { slices, type TimeRange } from '../mimecast/audit-windows.js';
import { createDispatcher } from '../mimecast/transport.js';
import type { Colours } from '../cli/console/terminal.js';
import { table } from '../cli/rendering/table.js';
import { checkStored, settle } from './ledger.js';
import type { BenchOptions } from './options.js';
import { timed, withWorker } from './product.js';
import { readWindows, sourceOf } from './raw.js';
import { readAllPages } from './raw-loop.js';
import type { Run } from './run.js';
import type { Stack } from './stack.js';
import { median, rangeOf, rounded, type Range } from './statistics.js';
import type { Workload } from './workload.js';

/** Result at one latency: medians, and the spread of the runs. Other tools rely on these names. */
export interface BackfillResult {
  readonly latencyMs: number;
  readonly pagesPerSecond: number;
  readonly rawPagesPerSecond: number;
  /** Speed of the backfill divided by that of the raw loop. */
  readonly ratio: number;
  /** Number of calls refused with 429, over all runs. */
  readonly tooManyRequests: number;
  readonly cpuMsPerPage: number;
  readonly peakRssMiB: number;
  readonly pages: number;
  readonly windows: number;
  readonly repetitions: number;
  readonly spread: { readonly pagesPerSecond: Range; readonly rawPagesPerSecond: Range };
}

export interface BackfillDocument {
  readonly backfill: readonly BackfillResult[];
}

type Log = (line: string) => void;

/**
 * Measures a backfill of many days, end to end, against the raw loop that reads the same windows sequentially: the gain
 * from parallel reading with a distant vendor. The simulator uses the rate limit of recorded traffic.
 */
export async function measureBackfill(
  stack: Stack,
  { latenciesMs, repetitions }: BenchOptions,
  described: Workload,
  log: Log,
): Promise<BackfillDocument> {
  const windows = slices(described.window);
  log('Having the simulator compose all pages.');
  const workload = { ...described, pages: await composeAll(stack, described, windows) };
  const backfill: BackfillResult[] = [];
  for (const latencyMs of latenciesMs) {
    await stack.simulator.call('setLatency', latencyMs);
    await stack.simulator.call('keepToVendorLimit', undefined);
    const runs = { raw: [] as Run[], product: [] as Run[] };
    for (let repetition = 1; repetition <= repetitions; repetition += 1) {
      const label = `${latencyMs} ms, ${repetition} of ${repetitions}`;
      const id = `${latencyMs}-${repetition}`;
      runs.raw.push(await logged(log, `${label}, raw`, () => readWindows(stack, workload, `raw-${id}`, windows)));
      runs.product.push(
        await logged(log, `${label}, backfill`, () => runBackfill(stack, workload, `backfill-${id}`, windows)),
      );
    }
    const tooManyRequests = await stack.simulator.call('refusals', undefined);
    backfill.push(resultOf(runs, { latencyMs, tooManyRequests, pages: workload.pages, windows: windows.length }));
  }
  return { backfill };
}

async function composeAll(stack: Stack, workload: Workload, windows: readonly TimeRange[]): Promise<number> {
  const dispatcher = createDispatcher();
  let pages = 0;
  for (const window of windows) pages += await readAllPages({ ...sourceOf(stack, workload), window }, dispatcher);
  await dispatcher.close();
  return pages;
}

async function logged(log: Log, what: string, run: () => Promise<Run>): Promise<Run> {
  const made = await run();
  log(`${what}: ${made.pagesPerSecond.toFixed(1)} pages/s`);
  return made;
}

async function runBackfill(
  stack: Stack,
  workload: Workload,
  connectionId: string,
  windows: readonly TimeRange[],
): Promise<Run> {
  return await withWorker(stack, workload, connectionId, async (worker) => {
    await settle(stack);
    const { start: from, end: to } = workload.window;
    const { answer, run } = await timed(workload, worker, () => stack.connections.backfill(connectionId, { from, to }));
    if (answer.outcome !== 'complete' || answer.pages !== workload.pages) {
      throw new Error(`The backfill of ${connectionId} did not read its days: ${JSON.stringify(answer)}`);
    }
    await checkStored(stack, connectionId, workload, windows.length);
    return run;
  });
}

function resultOf(
  { raw, product }: { readonly raw: readonly Run[]; readonly product: readonly Run[] },
  measured: Pick<BackfillResult, 'latencyMs' | 'tooManyRequests' | 'pages' | 'windows'>,
): BackfillResult {
  const speeds = product.map(({ pagesPerSecond }) => pagesPerSecond);
  const rawSpeeds = raw.map(({ pagesPerSecond }) => pagesPerSecond);
  return {
    ...measured,
    pagesPerSecond: rounded(median(speeds), 2),
    rawPagesPerSecond: rounded(median(rawSpeeds), 2),
    ratio: rounded(median(speeds) / median(rawSpeeds), 2),
    cpuMsPerPage: rounded(median(product.map(({ cpuMsPerPage }) => cpuMsPerPage)), 2),
    peakRssMiB: rounded(rangeOf(product.map(({ peakRssMiB }) => peakRssMiB)).most, 1),
    repetitions: product.length,
    spread: { pagesPerSecond: spreadOf(speeds), rawPagesPerSecond: spreadOf(rawSpeeds) },
  };
}

function spreadOf(speeds: readonly number[]): Range {
  const { least, most } = rangeOf(speeds);
  return { least: rounded(least, 2), most: rounded(most, 2) };
}

const HEADINGS = [
  'LATENCY',
  'BACKFILL pages/s',
  'RAW LOOP pages/s',
  'RATIO',
  '429s',
  'CPU ms/page',
  'PEAK MEMORY',
] as const;

/** Formats the document for people. */
export function backfillReportLines({ backfill }: BackfillDocument, colours: Colours): string[] {
  const [first] = backfill;
  const rows = backfill.map((result) => [
    `${result.latencyMs} ms`,
    withSpread(result.pagesPerSecond, result.spread.pagesPerSecond),
    withSpread(result.rawPagesPerSecond, result.spread.rawPagesPerSecond),
    result.ratio.toFixed(2),
    `${result.tooManyRequests}`,
    result.cpuMsPerPage.toFixed(1),
    `${result.peakRssMiB.toFixed(0)} MiB`,
  ]);
  return [
    ...table(HEADINGS, rows, colours),
    '',
    `${first?.windows ?? 0} windows of a day with ${first?.pages ?? 0} pages, median of ${first?.repetitions ?? 0} (least–most). The raw loop reads them one after the other.`,
  ];
}

const withSpread = (value: number, { least, most }: Range): string =>
  `${value.toFixed(1)} (${least.toFixed(1)}–${most.toFixed(1)})`;
