import { createDispatcher } from '../mimecast/transport.js';
import type { BenchOptions } from './options.js';
import { runProduct } from './product.js';
import { runRaw, sourceOf } from './raw.js';
import { readAllPages } from './raw-loop.js';
import type { Run } from './run.js';
import type { Stack } from './stack.js';
import type { Workload } from './workload.js';

/** All runs at one latency. */
export interface LatencyRuns {
  readonly latencyMs: number;
  readonly raw: readonly Run[];
  readonly product: readonly Run[];
  /** CPU time of the simulator. Its pages are composed in advance, so that neither side waits for it. */
  readonly simulatorCpuMsPerPage: number;
}

/** Memory of the product over one poll. */
export interface MemoryRun {
  readonly pages: number;
  readonly peakRssMiB: number;
}

export interface Measured {
  readonly latencies: readonly LatencyRuns[];
  readonly memory: readonly MemoryRun[];
}

type Log = (line: string) => void;
type Side = (stack: Stack, workload: Workload, connectionId: string) => Promise<Run>;

const SIDES: Readonly<Record<'raw' | 'product', Side>> = { raw: runRaw, product: runProduct };

/** Runs all measurements sequentially: processes that read at the same time would affect each other. */
export async function measure(
  stack: Stack,
  options: BenchOptions,
  workload: Workload,
  larger: Workload,
  log: Log,
): Promise<Measured> {
  log('Having the simulator compose all pages.');
  await warmUp(stack, workload);
  const latencies: LatencyRuns[] = [];
  for (const latencyMs of options.latenciesMs) {
    await stack.simulator.call('setLatency', latencyMs);
    const before = await stack.simulator.call('usage', undefined);
    const runs = await interleaved(stack, options.repetitions, workload, latencyMs, log);
    const after = await stack.simulator.call('usage', undefined);
    const pages = 2 * options.repetitions * workload.pages;
    latencies.push({ latencyMs, ...runs, simulatorCpuMsPerPage: (after.cpuMs - before.cpuMs) / pages });
  }
  return { latencies, memory: await measureMemory(stack, [workload, larger], log) };
}

/** Alternates the sides and their order, so that neither always runs on the warmer machine. */
async function interleaved(
  stack: Stack,
  repetitions: number,
  workload: Workload,
  latencyMs: number,
  log: Log,
): Promise<{ raw: Run[]; product: Run[] }> {
  const runs = { raw: [] as Run[], product: [] as Run[] };
  for (let repetition = 1; repetition <= repetitions; repetition += 1) {
    const order = repetition % 2 === 1 ? (['raw', 'product'] as const) : (['product', 'raw'] as const);
    for (const side of order) {
      const run = await SIDES[side](stack, workload, `${side}-${latencyMs}-${repetition}`);
      runs[side].push(run);
      log(`${latencyMs} ms, ${repetition} of ${repetitions}, ${side}: ${run.pagesPerSecond.toFixed(1)} pages/s`);
    }
  }
  return runs;
}

async function measureMemory(stack: Stack, workloads: readonly Workload[], log: Log): Promise<MemoryRun[]> {
  await stack.simulator.call('setLatency', 0);
  const memory: MemoryRun[] = [];
  for (const workload of workloads) {
    const { pages } = workload;
    const { peakRssMiB } = await runProduct(stack, workload, `memory-${pages}`);
    memory.push({ pages, peakRssMiB });
    log(`memory over ${pages} pages: ${peakRssMiB.toFixed(0)} MiB`);
  }
  return memory;
}

async function warmUp(stack: Stack, workload: Workload): Promise<void> {
  const dispatcher = createDispatcher();
  await readAllPages(sourceOf(stack, workload), dispatcher);
  await dispatcher.close();
}
