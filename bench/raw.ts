import type { TimeRange } from '../mimecast/audit-windows.js';
import { defaultSettings } from '../model/settings.js';
import { BenchProcess } from './bench-process.js';
import { checkStored, openWindow, settle } from './ledger.js';
import type { RawSource } from './raw-loop.js';
import type { RawProcess } from './processes/raw.js';
import { runOf, type Run } from './run.js';
import type { Stack } from './stack.js';
import { keysOf, type Workload } from './workload.js';

/** Runs the raw loop in its own process, into a connection that exists in the store only. */
export async function runRaw(stack: Stack, workload: Workload, connectionId: string): Promise<Run> {
  return await readWindows(stack, workload, connectionId, [workload.window]);
}

/** Runs the raw loop over several windows sequentially. Opening a window is not measured. */
export async function readWindows(
  stack: Stack,
  workload: Workload,
  connectionId: string,
  windows: readonly TimeRange[],
): Promise<Run> {
  const { databaseUrl, store, simulatorUrl } = stack;
  const settings = defaultSettings(simulatorUrl);
  await store.connections.open({ connectionId, settings, sealed: `none for ${connectionId}`, kid: 'none' });
  await store.connections.promote(connectionId, 1, { acceptedAt: new Date() });
  await settle(stack);

  const process = new BenchProcess<RawProcess>('./processes/raw.js');
  const total = { elapsedMs: 0, cpuMs: 0, peakRssMiB: 0 };
  try {
    for (const window of windows) {
      const opened = await openWindow(stack, connectionId, { window });
      const source = { ...sourceOf(stack, workload), window };
      const read = await process.call('run', { databaseUrl, source, ...opened, runId: connectionId });
      total.elapsedMs += read.elapsedMs;
      total.cpuMs += read.cpuMs;
      total.peakRssMiB = read.peakRssMiB;
    }
    await checkStored(stack, connectionId, workload, windows.length);
    return runOf(workload, total.elapsedMs, total);
  } finally {
    await process.end();
  }
}

export function sourceOf({ simulatorUrl }: Stack, workload: Workload): RawSource {
  return { baseUrl: simulatorUrl, keys: keysOf(workload), window: workload.window };
}
