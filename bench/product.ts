import { DAY_MS } from '../model/time.js';
import { BenchProcess } from './bench-process.js';
import { checkStored, openWindow, settle } from './ledger.js';
import { keysOf } from './workload.js';
import { runOf, type Run } from './run.js';
import type { Stack } from './stack.js';
import type { Usage } from './usage.js';
import type { WorkerProcess } from './processes/worker.js';
import type { Workload } from './workload.js';

const STREAM = 'audit-events';
/** Long enough that no tick of a schedule falls into the benchmark: the poll that is measured is the one that it asks for. */
const EVERY_MS = 30 * DAY_MS;

/**
 * Measures the product end to end: its own worker, a connection made for this run, and one poll through its schedule,
 * from the request to the result.
 */
export async function runProduct(stack: Stack, workload: Workload, connectionId: string): Promise<Run> {
  return await withWorker(stack, workload, connectionId, async (worker) => {
    await openWindow(stack, connectionId, workload);
    await settle(stack);
    const run = await poll(stack, workload, connectionId, worker);
    await checkStored(stack, connectionId, workload);
    return run;
  });
}

type Worker = BenchProcess<WorkerProcess>;

/** Runs work with its own worker and a connection made for it. */
export async function withWorker(
  stack: Stack,
  workload: Workload,
  connectionId: string,
  work: (worker: Worker) => Promise<Run>,
): Promise<Run> {
  const { temporalAddress, databaseUrl, keyringFile, taskQueue, connections } = stack;
  const worker: Worker = new BenchProcess<WorkerProcess>('./processes/worker.js');
  try {
    await worker.call('start', { temporalAddress, databaseUrl, keyringFile, taskQueue });
    await connect(stack, workload, connectionId);
    const run = await work(worker);
    await connections.disconnect(connectionId);
    await worker.call('stop', undefined);
    return run;
  } finally {
    await worker.end();
  }
}

async function connect({ connections, simulatorUrl }: Stack, workload: Workload, connectionId: string): Promise<void> {
  const { ok, action } = await connections.connect(connectionId, {
    baseUrl: simulatorUrl,
    credentials: keysOf(workload),
    settings: { streams: { [STREAM]: { enabled: true, everyMs: EVERY_MS } } },
  });
  if (!ok) throw new Error(`${connectionId} could not be connected: ${action ?? 'no reason was given'}`);
}

async function poll({ connections }: Stack, workload: Workload, connectionId: string, worker: Worker): Promise<Run> {
  const { answer, run } = await timed(workload, worker, () => connections.poll(connectionId, [STREAM]));
  const [report] = answer;
  if (report?.outcome !== 'collected' || report.pages !== workload.pages || report.newEvents !== workload.events) {
    throw new Error(`The poll of ${connectionId} did not read its window: ${JSON.stringify(report)}`);
  }
  return run;
}

/** Measures the time and the usage of the worker's process during some work. */
export async function timed<Answer>(
  workload: Workload,
  worker: Worker,
  work: () => Promise<Answer>,
): Promise<{ readonly answer: Answer; readonly run: Run }> {
  const before = await worker.call('usage', undefined);
  const startedAt = performance.now();
  const answer = await work();
  const elapsedMs = performance.now() - startedAt;
  const after = await worker.call('usage', undefined);
  return { answer, run: runOf(workload, elapsedMs, usageBetween(before, after)) };
}

const usageBetween = (before: Usage, { cpuMs, peakRssMiB }: Usage): Usage => ({
  cpuMs: cpuMs - before.cpuMs,
  peakRssMiB,
});
