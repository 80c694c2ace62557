import type { RefusedCalls } from '../../../evidence/connections/refused-calls.js';

/** Permits every call, as a store does whose connections have good keys. */
export const GRANTED_CALLS: Pick<RefusedCalls, 'take' | 'record' | 'settle'> = {
  take: () => Promise.resolve({ granted: true, callId: '1' }),
  record: () => Promise.resolve(),
  settle: () => Promise.resolve(),
};
