import { believableTenant, type BelievableTenantOptions } from '../../sandbox/simulator/believable-tenant.js';
import { startSimulator, type Simulator } from '../../sandbox/simulator/simulator.js';
import { serve } from '../bench-process.js';
import { usageOfThisProcess, type Usage } from '../usage.js';

/** More than either side can ask for: how they wait for a rate limit is not what is compared. */
const RATE_LIMIT = { calls: 1_000_000, windowMs: 5_000 };

let simulator: Simulator | undefined;

const calls = {
  /** @returns its base URL */
  async start(tenants: readonly BelievableTenantOptions[]): Promise<string> {
    simulator = await startSimulator({ tenants: tenants.map(believableTenant), rateLimit: RATE_LIMIT });
    return simulator.url;
  },
  setLatency(latencyMs: number): void {
    simulator?.configure({ latencyMs });
  },
  usage: (): Usage => usageOfThisProcess(),
};

export type SimulatorProcess = typeof calls;

serve(calls);
