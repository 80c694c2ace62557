/** Resources that a process has used since its start. */
export interface Usage {
  /** User and system, all threads. */
  readonly cpuMs: number;
  readonly peakRssMiB: number;
}

export function usageOfThisProcess(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000, peakRssMiB: process.resourceUsage().maxRSS / 1024 };
}
