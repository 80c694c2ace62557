import { createEvidenceStore } from '../../evidence/store.js';
import { createDispatcher } from '../../mimecast/transport.js';
import { serve } from '../bench-process.js';
import { storeAllPages, type RawSource } from '../raw-loop.js';
import { usageOfThisProcess, type Usage } from '../usage.js';

export interface RawTask {
  readonly databaseUrl: string;
  readonly source: RawSource;
  /** Window opened for this run. */
  readonly windowId: string;
  readonly generation: number;
  readonly runId: string;
}

export interface RawResult extends Usage {
  readonly pages: number;
  readonly elapsedMs: number;
}

const calls = {
  async run({ databaseUrl, source, windowId, generation, runId }: RawTask): Promise<RawResult> {
    const store = createEvidenceStore({ databaseUrl, maxConnections: 1 });
    const dispatcher = createDispatcher();
    try {
      // Also opens the connection to Postgres: a worker has its own open when a poll starts.
      const taken = await store.ledger.take(windowId, generation, runId);
      if (typeof taken === 'string') throw new Error(`The raw loop could not take its window: ${taken}`);
      return await timed(() => storeAllPages(source, dispatcher, store, taken));
    } finally {
      await Promise.all([store.close(), dispatcher.close()]);
    }
  },
};

async function timed(work: () => Promise<number>): Promise<RawResult> {
  const before = usageOfThisProcess();
  const startedAt = performance.now();
  const pages = await work();
  const elapsedMs = performance.now() - startedAt;
  const after = usageOfThisProcess();
  return { pages, elapsedMs, cpuMs: after.cpuMs - before.cpuMs, peakRssMiB: after.peakRssMiB };
}

export type RawProcess = typeof calls;

serve(calls);
