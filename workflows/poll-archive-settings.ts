import { pollEndpoints } from './endpoint-poll.js';
import type { PollInput } from './poll.js';
import type { PollResult } from '../contract/reports.js';
import { versioned } from './versioning.js';

/** One poll of the tenant's archive settings. */
export async function mimecastPollArchiveSettings(input: PollInput): Promise<PollResult> {
  return await pollEndpoints(input, 'archive-settings');
}

versioned(mimecastPollArchiveSettings, 'PINNED');
