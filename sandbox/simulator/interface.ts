import type { Faults } from './faults.js';
import type { LoggedRequest } from './request-log.js';
import type { RunningTenant } from './running-tenant.js';
import type { SimulatorSettings } from './settings.js';
import type { SimulatedTenant } from './tenant.js';

/** A simulated Mimecast, API 1.0 and 2.0, on its own loopback port. */
export interface Simulator {
  /** Base URL for connections, with loopback allowed. */
  readonly url: string;
  readonly settings: SimulatorSettings;
  readonly tenants: readonly RunningTenant[];
  /** Injected faults. */
  readonly faults: Faults;
  /** The newest 10,000 calls, oldest first. */
  readonly requests: readonly LoggedRequest[];
  /** Changes settings; what is not named stays. */
  configure(settings: Partial<SimulatorSettings>): void;
  /** Adds a tenant while the simulator runs. */
  addTenant(tenant: SimulatedTenant): RunningTenant;
  /** Empties `requests`. */
  forgetRequests(): void;
  /** Closes all connections and stops. */
  stop(): Promise<void>;
}

/** Options of the simulator. Settings that are not given are those of the documented API. */
export interface SimulatorOptions extends Partial<SimulatorSettings> {
  /** Default: any free port. */
  readonly port?: number;
  readonly tenants?: readonly SimulatedTenant[];
}
