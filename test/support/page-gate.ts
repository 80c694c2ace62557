import { ENDPOINTS } from '../../mimecast/endpoints.js';
import { until } from './until.js';
import type { Simulator } from '../../sandbox/simulator/interface.js';

/** Point at which a poll waits, so that a test can act in the middle of it on a machine of any speed. */
export interface PageGate {
  /** Resolves when a page is being held back. */
  reached(): Promise<void>;
  open(): void;
}

/** Lets this many pages of the audit log pass and holds back those that follow. Only calls with a token count. */
export function holdPagesAfter(simulator: Simulator, pages: number): PageGate {
  const rule = simulator.faults.add({
    fault: { kind: 'hold' },
    path: ENDPOINTS['audit-events'].path,
    withToken: true,
    after: pages,
  });
  return {
    reached: () =>
      until(() => simulator.requests.some(({ pageToken, status }) => pageToken !== undefined && status === undefined)),
    open: () => {
      simulator.faults.remove(rule);
    },
  };
}
