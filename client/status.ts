import type { Client, ScheduleDescription } from '@temporalio/client';
import { ScheduleNotFoundError } from '@temporalio/client';
import type { Stream } from '../evidence/connection.js';
import type { EvidenceStore, FinishedPoll } from '../evidence/store.js';
import { connectionStatus } from '../workflows/connection-status.js';
import { connectionWorkflowId, pollScheduleId } from '../workflows/ids.js';
import { status } from '../workflows/messages.js';
import type { ConnectionStatus, CredentialStatus } from '../workflows/reports.js';
import { POLLED_STREAMS } from '../workflows/streams.js';
import type { CredentialReport, StatusReport, StreamReport } from './reports.js';

/** How long the connection's workflow may take to answer a query: it needs a worker, and there may be none. */
const QUERY_LIMIT_MS = 3_000;
const DAY_MS = 86_400_000;

/** What a connection's row says, in the form in which its workflow says it. */
export async function storedStatus(
  evidence: EvidenceStore,
  connectionId: string,
): Promise<ConnectionStatus | undefined> {
  const row = await evidence.connections.read(connectionId);
  if (!row) return undefined;
  return connectionStatus(row, await evidence.connections.newestCredentials(connectionId));
}

/** What the connection's workflow answers. @throws when it is not there or no worker runs */
export async function queriedStatus(client: Client, connectionId: string): Promise<ConnectionStatus> {
  const handle = client.workflow.getHandle(connectionWorkflowId(connectionId));
  return await client.withDeadline(Date.now() + QUERY_LIMIT_MS, () => handle.query(status));
}

/** Joins what the connection knows with what its schedules and its newest polls say. */
export async function statusReport(
  client: Client,
  connection: ConnectionStatus,
  polls: readonly FinishedPoll[],
  now: Date,
): Promise<StatusReport> {
  const { connectionId, state, baseUrl, apiVersion, account, credentials, settings } = connection;
  const enabled = POLLED_STREAMS.filter((stream) => settings?.streams[stream]?.enabled);
  const streams = await Promise.all(
    enabled.map(async (stream) => {
      const schedule = await describe(client, pollScheduleId(connectionId, stream));
      const everyMs = settings?.streams[stream]?.everyMs ?? 0;
      return streamReport(
        stream,
        everyMs,
        schedule,
        polls.find((poll) => poll.stream === stream),
      );
    }),
  );
  return {
    connectionId,
    state,
    ...(baseUrl !== undefined && { baseUrl }),
    ...(apiVersion !== undefined && { apiVersion }),
    ...(account && { account }),
    ...(credentials && { credentials: credentialReport(credentials, now) }),
    streams,
  };
}

export function credentialReport(credentials: CredentialStatus, now: Date): CredentialReport {
  const ageDays = Math.floor((now.getTime() - Date.parse(credentials.issuedAt)) / DAY_MS);
  return { ...credentials, ageDays: Math.max(0, ageDays) };
}

async function describe(client: Client, scheduleId: string): Promise<ScheduleDescription | undefined> {
  try {
    return await client.schedule.getHandle(scheduleId).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

function streamReport(
  stream: Stream,
  everyMs: number,
  schedule: ScheduleDescription | undefined,
  last: FinishedPoll | undefined,
): StreamReport {
  const paused = schedule?.state.paused ?? false;
  const note = paused ? schedule?.state.note : undefined;
  const [next] = paused ? [] : (schedule?.info.nextActionTimes ?? []);
  return {
    stream,
    every: interval(everyMs),
    everyMs,
    paused,
    ...(note && { note }),
    ...(last && { lastOutcome: last.outcome, lastPollAt: last.finishedAt.toISOString() }),
    ...(last?.error !== undefined && { lastError: last.error }),
    ...(next && { nextPollAt: next.toISOString() }),
  };
}

/** `6h`, `90m`, `45s`: the largest unit that says it in a whole number. */
function interval(ms: number): string {
  const units = [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const;
  const unit = units.find(([, size]) => ms >= size && ms % size === 0);
  return unit ? `${ms / unit[1]}${unit[0]}` : `${ms}ms`;
}
