import { believableTenant, type BelievableTenantOptions } from '../../sandbox/simulator/fixtures/believable-tenant.js';
import { DEFAULT_SETTINGS } from '../../sandbox/simulator/settings.js';
import { startSimulator } from '../../sandbox/simulator/simulator.js';
import { serve } from '../bench-process.js';
import { usageOfThisProcess, type Usage } from '../usage.js';
import type { Simulator } from '../../sandbox/simulator/interface.js';

/** Higher than either side can reach: waiting for a rate limit is not compared. */
const RATE_LIMIT = { calls: 1_000_000, windowMs: 5_000 };

let simulator: Simulator | undefined;

const calls = {
  /** Starts the simulator. @returns its base URL */
  async start(tenants: readonly BelievableTenantOptions[]): Promise<string> {
    simulator = await startSimulator({ tenants: tenants.map(believableTenant), rateLimit: RATE_LIMIT });
    return simulator.url;
  },
  setLatency(latencyMs: number): void {
    simulator?.configure({ latencyMs });
  },
  /** Uses the rate limit of recorded traffic, and resets the count of calls. */
  keepToVendorLimit(): void {
    simulator?.configure({ rateLimit: DEFAULT_SETTINGS.rateLimit });
    simulator?.forgetRequests();
  },
  /** Number of calls refused for the rate limit (429), of the newest 10,000. */
  refusals: (): number => simulator?.requests.filter(({ status }) => status === 429).length ?? 0,
  usage: (): Usage => usageOfThisProcess(),
};

export type SimulatorProcess = typeof calls;

serve(calls);
