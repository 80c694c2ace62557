import { defaultSettings } from '../workflows/streams.js';
import { BenchProcess } from './bench-process.js';
import { checkHeld, openWindow, settle } from './ledger.js';
import type { RawSource } from './raw-loop.js';
import type { RawProcess } from './processes/raw.js';
import { runOf, type Run } from './run.js';
import type { Stack } from './stack.js';
import { keysOf, type Workload } from './workload.js';

/** The raw loop, in a process of its own, into a connection that only the store knows of. */
export async function runRaw(stack: Stack, workload: Workload, connectionId: string): Promise<Run> {
  const { databaseUrl, store, simulatorUrl } = stack;
  const settings = defaultSettings(simulatorUrl);
  await store.connections.open({ connectionId, settings, sealed: `none for ${connectionId}`, kid: 'none' });
  await store.connections.promote(connectionId, 1, { acceptedAt: new Date() });
  const opened = await openWindow(stack, connectionId, workload);
  await settle(stack);

  const process = new BenchProcess<RawProcess>('./processes/raw.js');
  try {
    const source = sourceOf(stack, workload);
    const { elapsedMs, ...usage } = await process.call('run', { databaseUrl, source, ...opened, runId: connectionId });
    await checkHeld(stack, connectionId, workload);
    return runOf(workload, elapsedMs, usage);
  } finally {
    await process.end();
  }
}

export function sourceOf({ simulatorUrl }: Stack, workload: Workload): RawSource {
  return { baseUrl: simulatorUrl, keys: keysOf(workload), window: workload.window };
}
