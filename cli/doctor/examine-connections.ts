import type { Client } from '@temporalio/client';
import { planSchedules } from '../../activities/schedules/schedule-plan.js';
import { connectionWorkflowId } from '../../contract/ids.js';
import { connectionOf, findingsOn, type Finding } from './finding.js';
import { judgeConnection } from './judge-connection.js';
import { judgeStream } from './judge-stream.js';
import { look, LOOK_LIMIT_MS, type Looked } from './look.js';
import {
  describeInTemporal,
  listInTemporal,
  NOTHING_LISTED,
  readConnections,
  sightingOf,
  type SeenInTemporal,
  type StoredConnections,
} from './look-at-connections.js';
import type { Database } from './look-at-postgres.js';

const connections = findingsOn('connections');

/** Time limit for reading: each statement has the limit of one check, and a few run sequentially. */
const READ_LIMIT_MS = 3 * LOOK_LIMIT_MS;

export async function lookUpConnections(
  database: Looked<Database>,
  connectionIds: readonly string[],
): Promise<Looked<StoredConnections>> {
  if ('trouble' in database) return database;
  return await look(() => readConnections(database.seen.inspection, connectionIds), READ_LIMIT_MS);
}

export interface ConnectionsRequest {
  readonly stored: StoredConnections;
  /** Absent when Temporal or the namespace is unreachable. */
  readonly client?: Client | undefined;
  readonly taskQueue: string;
  /** Connections to examine in detail. */
  readonly connectionIds: readonly string[];
  readonly now: Date;
}

/**
 * Lists the workflows and schedules of all connections, then describes them one by one within the time limit, doubtful
 * ones first.
 */
export async function examineConnections(request: ConnectionsRequest): Promise<Finding[]> {
  const { stored, client, taskQueue, connectionIds } = request;
  const unknown = unknownConnections(request);
  if (!client) {
    const skipped = ['workflow', 'schedule'].map((check) => connections.skipped(check, 'Temporal is not reached'));
    return [...unknown, ...skipped, ...judgeAll(request, undefined)];
  }
  const listed = connectionIds.length > 0 ? NOTHING_LISTED : await listInTemporal(client);
  const doubted = new Set(judgeAll(request, listed).filter(isNotWell).map(connectionOf));
  const isDoubted = ({ connectionId }: { readonly connectionId: string }): number =>
    doubted.has(connectionId) ? 0 : 1;
  const inOrder = [...stored.rows].sort((a, b) => isDoubted(a) - isDoubted(b));
  const seen = await describeInTemporal(client, taskQueue, listed, inOrder);
  const findings = [...unknown, ...judgeAll(request, seen)];
  return [...findings, ...judgeDepth(stored, seen, findings)];
}

const isNotWell = ({ verdict }: Finding): boolean => verdict !== 'ok';

function judgeAll({ stored, taskQueue, now }: ConnectionsRequest, seen: SeenInTemporal | undefined): Finding[] {
  const keysOf = groupBy(stored.keys, ({ connectionId }) => connectionId);
  const checkpointOf = new Map(stored.checkpoints.map((state) => [state.connectionId, state]));
  const pollsOf = new Map(stored.streams.map((polls) => [`${polls.connectionId}/${polls.stream}`, polls]));

  return stored.rows.flatMap((row) => {
    const { connectionId } = row;
    const workflow = seen && { workflow: sightingOf(seen.workflows, connectionWorkflowId(connectionId)) };
    const streams = planSchedules(row, taskQueue).flatMap((plan) => {
      const schedule = seen && { schedule: sightingOf(seen.schedules, plan.scheduleId) };
      const polls = pollsOf.get(`${connectionId}/${plan.stream}`);
      return judgeStream({ row, plan, ...schedule, ...(polls && { polls }) }, now);
    });
    const checkpoint = checkpointOf.get(connectionId);
    const keys = keysOf.get(connectionId) ?? [];
    return [...judgeConnection({ row, keys, ...workflow, ...(checkpoint && { checkpoint }) }, now), ...streams];
  });
}

function unknownConnections({ stored, connectionIds }: ConnectionsRequest): Finding[] {
  const known = new Set(stored.rows.map(({ connectionId }) => connectionId));
  return connectionIds
    .filter((id) => !known.has(id))
    .map((id) =>
      findingsOn('connections', id).failure('state', 'there is no such connection', 'temporal-mimecast list'),
    );
}

/** Reports connections that were not seen, or only in lists, and how to examine them. */
function judgeDepth({ rows }: StoredConnections, seen: SeenInTemporal, findings: readonly Finding[]): Finding[] {
  const live = rows.filter(({ state }) => state !== 'disconnected').length;
  const unseen = new Set(findings.filter(({ verdict }) => verdict === 'skipped').map(connectionOf)).size;
  const listed = live - seen.described.size - unseen;
  return [
    ...(unseen > 0 ? [connections.skipped('unseen', `Temporal told too late of ${unseen} of ${live}`, NAME_SOME)] : []),
    ...(listed > 0
      ? [connections.skipped('depth', `by Temporal's lists alone: ${listed} of ${live}; ${DETAILS} unseen`, NAME_SOME)]
      : []),
  ];
}

const DETAILS = 'task queue, overlap and plan of their schedules are';
const NAME_SOME = 'Look at some closely: temporal-mimecast doctor <id>…';

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/**
 * Selects the findings to show: a count, and only the connections that need action.
 *
 * @param all shows all findings
 */
export function selected(findings: readonly Finding[], total: number, all: boolean): Finding[] {
  const needingAction = new Set(findings.filter(isNotWell).flatMap((finding) => connectionOf(finding) ?? []));
  const isShown = ({ subject, verdict }: Finding): boolean =>
    all || subject === undefined || verdict === 'warning' || verdict === 'failure';
  return [connections.ok('count', countOf(total, needingAction.size)), ...findings.filter(isShown)];
}

function countOf(total: number, needingAction: number): string {
  if (total === 0) return 'no connections yet';
  return `${Math.max(0, total - needingAction)} of ${total} need nobody`;
}
