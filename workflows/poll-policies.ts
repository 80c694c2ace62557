import { pollEndpoints } from './endpoint-poll.js';
import type { PollInput } from './poll.js';
import type { PollResult } from '../contract/reports.js';
import { versioned } from './versioning.js';

/** One poll of the tenant's policy lists: blocked senders, content examination, URL protection, attachment management. */
export async function mimecastPollPolicies(input: PollInput): Promise<PollResult> {
  return await pollEndpoints(input, 'policies');
}

versioned(mimecastPollPolicies, 'PINNED');
