import { table } from '../cli/rendering/table.js';
import type { Colours } from '../cli/console/terminal.js';
import type { LatencyRuns, Measured, MemoryRun } from './measure.js';
import type { Run } from './run.js';
import { median, rangeOf, rounded, type Range } from './statistics.js';

/** Result at one latency: medians, and the spread of the runs. Other tools rely on these names. */
export interface LatencyResult {
  readonly latencyMs: number;
  readonly pagesPerSecond: number;
  readonly rawPagesPerSecond: number;
  /** Speed of the product divided by that of the raw loop. */
  readonly ratio: number;
  readonly cpuMsPerPage: number;
  /** Maximum of all runs. */
  readonly peakRssMiB: number;
  readonly rawCpuMsPerPage: number;
  readonly rawPeakRssMiB: number;
  readonly simulatorCpuMsPerPage: number;
  readonly pages: number;
  readonly repetitions: number;
  readonly spread: { readonly pagesPerSecond: Range; readonly rawPagesPerSecond: Range };
}

export interface BenchDocument {
  readonly results: readonly LatencyResult[];
  /** At 0 ms. */
  readonly memory: readonly MemoryRun[];
}

export function documentOf({ latencies, memory }: Measured, pages: number): BenchDocument {
  return {
    results: latencies.map((runs) => resultOf(runs, pages)),
    memory: memory.map((run) => ({ ...run, peakRssMiB: rounded(run.peakRssMiB, 1) })),
  };
}

function resultOf({ latencyMs, raw, product, simulatorCpuMsPerPage }: LatencyRuns, pages: number): LatencyResult {
  const speed = median(product.map(pagesPerSecond));
  const rawSpeed = median(raw.map(pagesPerSecond));
  return {
    latencyMs,
    pagesPerSecond: rounded(speed, 2),
    rawPagesPerSecond: rounded(rawSpeed, 2),
    ratio: rounded(speed / rawSpeed, 3),
    cpuMsPerPage: rounded(median(product.map(cpuMsPerPage)), 2),
    peakRssMiB: rounded(rangeOf(product.map(peakRssMiB)).most, 1),
    rawCpuMsPerPage: rounded(median(raw.map(cpuMsPerPage)), 2),
    rawPeakRssMiB: rounded(rangeOf(raw.map(peakRssMiB)).most, 1),
    simulatorCpuMsPerPage: rounded(simulatorCpuMsPerPage, 2),
    pages,
    repetitions: product.length,
    spread: { pagesPerSecond: spreadOf(product), rawPagesPerSecond: spreadOf(raw) },
  };
}

const pagesPerSecond = (run: Run): number => run.pagesPerSecond;
const cpuMsPerPage = (run: Run): number => run.cpuMsPerPage;
const peakRssMiB = (run: Run): number => run.peakRssMiB;

function spreadOf(runs: readonly Run[]): Range {
  const { least, most } = rangeOf(runs.map(pagesPerSecond));
  return { least: rounded(least, 2), most: rounded(most, 2) };
}

const HEADINGS = ['LATENCY', 'PRODUCT pages/s', 'RAW LOOP pages/s', 'RATIO', 'CPU ms/page', 'PEAK MEMORY'] as const;

/** Formats the document for people. */
export function reportLines({ results, memory }: BenchDocument, colours: Colours): string[] {
  const [first] = results;
  const rows = results.map((result) => [
    `${result.latencyMs} ms`,
    withSpread(result.pagesPerSecond, result.spread.pagesPerSecond),
    withSpread(result.rawPagesPerSecond, result.spread.rawPagesPerSecond),
    result.ratio.toFixed(2),
    `${result.cpuMsPerPage.toFixed(1)} (raw ${result.rawCpuMsPerPage.toFixed(1)})`,
    `${result.peakRssMiB.toFixed(0)} MiB (raw ${result.rawPeakRssMiB.toFixed(0)})`,
  ]);
  const peaks = memory.map((run) => `${run.peakRssMiB.toFixed(0)} MiB over ${run.pages} pages`);
  return [
    ...table(HEADINGS, rows, colours),
    '',
    `Peak memory of the worker: ${peaks.join(', ')}.`,
    `${first?.pages ?? 0} pages of 500 events, median of ${first?.repetitions ?? 0} (least–most). CPU and memory: the one process that reads.`,
  ];
}

const withSpread = (value: number, { least, most }: Range): string =>
  `${value.toFixed(1)} (${least.toFixed(1)}–${most.toFixed(1)})`;
