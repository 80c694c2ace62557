import pc from 'picocolors';
import { expect, test } from 'vitest';
import { documentOf, reportLines } from '../../../bench/report.js';
import type { Run } from '../../../bench/run.js';

const run = (pagesPerSecond: number, peakRssMiB = 100): Run => ({ pagesPerSecond, cpuMsPerPage: 10, peakRssMiB });

const MEASURED = {
  latencies: [
    {
      latencyMs: 50,
      raw: [run(10), run(40), run(20)],
      product: [run(30, 150), run(24, 300), run(90, 200)],
      simulatorCpuMsPerPage: 1,
    },
  ],
  memory: [
    { pages: 200, peakRssMiB: 300 },
    { pages: 800, peakRssMiB: 301 },
  ],
};

test('speeds are medians, the ratio is of the medians, and the peak is the highest', () => {
  const [result] = documentOf(MEASURED, 200).results;
  expect(result).toMatchObject({
    latencyMs: 50,
    pagesPerSecond: 30,
    rawPagesPerSecond: 20,
    ratio: 1.5,
    cpuMsPerPage: 10,
    peakRssMiB: 300,
    spread: { pagesPerSecond: { least: 24, most: 90 }, rawPagesPerSecond: { least: 10, most: 40 } },
  });
});

test('the median of an even number of runs lies between the middle two', () => {
  const latencies = [{ latencyMs: 0, raw: [run(1), run(2)], product: [run(6), run(3)], simulatorCpuMsPerPage: 1 }];
  expect(documentOf({ latencies, memory: [] }, 200).results[0]).toMatchObject({ pagesPerSecond: 4.5, ratio: 3 });
});

test('people read the same numbers', () => {
  const text = reportLines(documentOf(MEASURED, 200), pc.createColors(false)).join('\n');
  expect(text).toMatch(/50 ms +30\.0 \(24\.0–90\.0\) +20\.0 \(10\.0–40\.0\) +1\.50/);
  expect(text).toContain('300 MiB over 200 pages, 301 MiB over 800 pages');
});
