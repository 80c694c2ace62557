import { isCancellation, workflowInfo } from '@temporalio/workflow';
import type { BegunPoll, WholeEndpointName } from '../../contract/activities.js';
import { collecting } from '../activities.js';
import { versioned } from '../versioning.js';
import { failureOf } from '../failures.js';
import type { Collected, PollInput } from './poll.js';
import { checkedPollInput, runPoll } from './poll.js';
import type { PolledEndpoint, PollResult } from '../../contract/reports.js';
import type { PolledStream } from '../../model/streams.js';
import { streamOutcome } from '../../model/outcomes.js';

/** Failures that every endpoint of the connection shares: the keys or the address are wrong, not one list. */
const SHARED_FAILURES = new Set([
  'MimecastAuthenticationError',
  'MimecastBindingExpiredError',
  'MimecastRegionError',
  'VaultForeignKeyError',
]);

/**
 * A poll of a stream whose endpoints are each read whole: side by side, so that one that fails does not keep the
 * others from being stored.
 */
async function pollEndpoints(input: PollInput, stream: PolledStream): Promise<PollResult> {
  const { connectionId } = checkedPollInput(input);
  return await runPoll(connectionId, stream, workflowInfo().startTime, async (begun) => {
    const collect = async (endpoint: WholeEndpointName): Promise<Attempt> =>
      await collectOne(connectionId, stream, begun, endpoint);
    return summed(connectionId, stream, await Promise.all(begun.endpoints.map(collect)));
  });
}

/** One try of an endpoint. */
export interface Attempt {
  /** Result of the endpoint. Absent when the connection was disconnected meanwhile. */
  readonly endpoint?: PolledEndpoint;
  readonly failure?: unknown;
}

/** Reads one endpoint whole. A failure is answered, so that it does not keep the others from being stored. */
export async function collectOne(
  connectionId: string,
  stream: PolledStream,
  begun: BegunPoll,
  endpoint: WholeEndpointName,
): Promise<Attempt> {
  const request = { connectionId, stream, endpoint, generation: begun.generation, runId: workflowInfo().runId };
  try {
    const said = await collecting['mimecast.collectEndpoint'].executeWithOptions({ summary: endpoint }, [request]);
    return said === 'disconnected' ? {} : { endpoint: said };
  } catch (failure) {
    if (isCancellation(failure)) throw failure;
    const { message } = failureOf(failure);
    return { endpoint: { endpoint, path: begun.paths[endpoint] ?? '', outcome: 'failed', error: message }, failure };
  }
}

function summed(connectionId: string, stream: PolledStream, attempts: readonly Attempt[]): Collected {
  const endpoints = attempts.flatMap(({ endpoint }) => endpoint ?? []);
  const complete = endpoints.length === attempts.length;
  const outcome = complete ? streamOutcome(endpoints.map(({ outcome }) => outcome)) : 'disconnected';
  return { result: { connectionId, stream, outcome, endpoints }, failure: worst(attempts) };
}

/** The failure that explains the run best: one that concerns the whole connection before one of a single endpoint. */
export function worst(attempts: readonly Pick<Attempt, 'failure'>[]): unknown {
  const failures = attempts.flatMap(({ failure }) => failure ?? []);
  return failures.find((failure) => SHARED_FAILURES.has(failureOf(failure).type)) ?? failures[0];
}

/** One poll of the tenant's account: its packages, archive and retention features, and that the keys still open the same account. */
export async function mimecastPollAccount(input: PollInput): Promise<PollResult> {
  return await pollEndpoints(input, 'account');
}
versioned(mimecastPollAccount, 'PINNED');

/** One poll of the tenant's archive settings. */
export async function mimecastPollArchiveSettings(input: PollInput): Promise<PollResult> {
  return await pollEndpoints(input, 'archive-settings');
}
versioned(mimecastPollArchiveSettings, 'PINNED');

/** One poll of the tenant's policy lists: blocked senders, content examination, URL protection, attachment management. */
export async function mimecastPollPolicies(input: PollInput): Promise<PollResult> {
  return await pollEndpoints(input, 'policies');
}
versioned(mimecastPollPolicies, 'PINNED');
