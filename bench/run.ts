import type { Usage } from './usage.js';
import type { Workload } from './workload.js';

/** Result of one reading of a workload by one side. */
export interface Run {
  readonly pagesPerSecond: number;
  /** CPU time of the reading process, during the reading. */
  readonly cpuMsPerPage: number;
  /** Peak memory of the same process, since its start. */
  readonly peakRssMiB: number;
}

export function runOf({ pages }: Workload, elapsedMs: number, { cpuMs, peakRssMiB }: Usage): Run {
  return { pagesPerSecond: (pages * 1000) / elapsedMs, cpuMsPerPage: cpuMs / pages, peakRssMiB };
}
