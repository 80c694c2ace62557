import { pollEndpoints } from './endpoint-poll.js';
import type { PollInput } from './poll.js';
import type { PollResult } from '../contract/reports.js';
import { versioned } from './versioning.js';

/** One poll of the tenant's account: its packages, archive and retention features, and that the keys still open the same account. */
export async function mimecastPollAccount(input: PollInput): Promise<PollResult> {
  return await pollEndpoints(input, 'account');
}

versioned(mimecastPollAccount, 'PINNED');
