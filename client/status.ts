import type { Client, ScheduleDescription } from '@temporalio/client';
import { ScheduleNotFoundError } from '@temporalio/client';
import type { Stream } from '../model/connection.js';
import { connectionStatus, statusOf } from '../contract/connection-status.js';
import { connectionWorkflowId, pollScheduleId } from '../contract/ids.js';
import { keyAge } from '../model/key-age.js';
import { status } from '../contract/messages.js';
import type { ConnectionStatus, CredentialStatus } from '../contract/reports.js';
import { POLLED_STREAMS } from '../model/streams.js';
import { formatDuration } from '../model/durations.js';
import { defined } from '../model/json.js';
import { stuckConnection, unreadableConnection } from './failing.js';
import { DAY_MS, SECOND_MS } from '../model/time.js';
import type { CredentialReport, StatusReport, StreamReport } from './reports.js';
import type { FinishedPoll } from '../evidence/ledger/polls.js';
import type { EvidenceStore } from '../evidence/store.js';

/** The longest that the connection's workflow may take to answer a query: it needs a worker, and there may be none. */
const QUERY_LIMIT_MS = 3 * SECOND_MS;

/** Returns a connection's status from the store, in the form in which its workflow answers. */
export async function storedStatus(
  evidence: Pick<EvidenceStore, 'connections' | 'evaluations'>,
  connectionId: string,
): Promise<ConnectionStatus | undefined> {
  const row = await evidence.connections.read(connectionId);
  return row && (await statusOf({ connections: evidence.connections, evaluations: evidence.evaluations }, row));
}

/** Returns the status of all connections from the store, in three queries. */
export async function storedStatuses({
  connections,
  evaluations,
}: Pick<EvidenceStore, 'connections' | 'evaluations'>): Promise<ConnectionStatus[]> {
  const [rows, keys, headlines] = await Promise.all([
    connections.list(),
    connections.allCredentials(),
    evaluations.headlines(),
  ]);
  return rows.map((row) => {
    const versions = keys.get(row.connectionId) ?? [];
    const [newest] = versions;
    const inUse = versions.find(({ version }) => version === row.activeVersion) ?? newest;
    return connectionStatus(row, { inUse, newest }, headlines.get(row.connectionId));
  });
}

/** Queries the connection's workflow. @throws when there is none or no worker runs */
export async function queriedStatus(client: Client, connectionId: string): Promise<ConnectionStatus> {
  const handle = client.workflow.getHandle(connectionWorkflowId(connectionId));
  return await client.withDeadline(Date.now() + QUERY_LIMIT_MS, () => handle.query(status));
}

/**
 * Adds the time of the next probe, which only the connection's workflow knows. Best effort: everything else is known
 * without a worker.
 */
export async function withNextProbe(client: Client, stored: ConnectionStatus): Promise<ConnectionStatus> {
  if (stored.refusedSince === undefined && stored.pendingVersion === undefined) return stored;
  try {
    const { nextProbeAt } = await queriedStatus(client, stored.connectionId);
    return nextProbeAt === undefined ? stored : { ...stored, nextProbeAt };
  } catch {
    return stored;
  }
}

/** Joins a connection's status with its schedules and its newest polls. */
export async function statusReport(
  client: Client,
  connection: ConnectionStatus,
  polls: readonly FinishedPoll[],
  now: Date,
): Promise<StatusReport> {
  const { connectionId, state, baseUrl, apiVersion, account, credentials, settings } = connection;
  const { pendingVersion, pausedFor, refusedSince, nextProbeAt, lastRotation, posture } = connection;
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
  return defined({
    connectionId,
    state,
    failing: unreadableConnection(connection) ?? (await stuckConnection(client, connectionId, state)),
    baseUrl,
    apiVersion,
    account,
    credentials: credentials && credentialReport(credentials, now),
    pendingVersion,
    pausedFor,
    refusedSince,
    nextProbeAt,
    lastRotation,
    posture,
    streams,
  });
}

export function credentialReport(credentials: CredentialStatus, now: Date): CredentialReport {
  const ageDays = Math.floor((now.getTime() - Date.parse(credentials.issuedAt)) / DAY_MS);
  const dates = { dueAt: new Date(credentials.dueAt), overdueAt: new Date(credentials.overdueAt) };
  return { ...credentials, ageDays: Math.max(0, ageDays), age: keyAge(dates, now) };
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
    every: formatDuration(everyMs),
    everyMs,
    paused,
    ...(note && { note }),
    ...(last && { lastOutcome: last.outcome, lastPollAt: last.finishedAt.toISOString() }),
    ...defined({
      lastError: last?.error,
      lastPages: last?.pages,
      lastNewEvents: last?.newEvents,
      nextPollAt: next?.toISOString(),
    }),
  };
}
