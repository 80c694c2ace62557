import type { Usage } from './usage.js';
import type { Workload } from './workload.js';

/** One reading of a workload by one side. */
export interface Run {
  readonly pagesPerSecond: number;
  /** Of the process that read, and only while it did. */
  readonly cpuMsPerPage: number;
  /** Of the same process, from its start on. */
  readonly peakRssMiB: number;
}

export function runOf({ pages }: Workload, elapsedMs: number, { cpuMs, peakRssMiB }: Usage): Run {
  return { pagesPerSecond: (pages * 1000) / elapsedMs, cpuMsPerPage: cpuMs / pages, peakRssMiB };
}
