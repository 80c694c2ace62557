import type { Client } from '@temporalio/client';
import { planSchedules } from '../../activities/schedules/schedule-plan.js';
import {
  describeSchedules,
  describeWorkflows,
  listSchedules,
  listWorkflows,
  type LookLimits,
  type SeenSchedule,
  type SeenWorkflow,
} from '../../client/inspection.js';
import type { CheckpointState } from '../../evidence/proof/checkpoints.js';
import type { ConnectionRow } from '../../model/connection.js';
import type { EvidenceInspection, InspectedKeys, InspectedStream } from '../../evidence/inspection.js';
import { connectionWorkflowId } from '../../contract/ids.js';
import { POLLED_STREAMS } from '../../model/streams.js';
import { SUCCESSES, type Sighting } from './judge-stream.js';
import { LOOK_LIMIT_MS } from './look.js';

/** Stored data of the examined connections. */
export interface StoredConnections {
  readonly rows: readonly ConnectionRow[];
  readonly keys: readonly InspectedKeys[];
  readonly streams: readonly InspectedStream[];
  readonly checkpoints: readonly CheckpointState[];
}

/** Reads the connections. @param connectionIds empty for all */
export async function readConnections(
  inspection: EvidenceInspection,
  connectionIds: readonly string[],
): Promise<StoredConnections> {
  const all = await inspection.connections();
  const rows = connectionIds.length === 0 ? all : all.filter((row) => connectionIds.includes(row.connectionId));
  const ids = rows.map(({ connectionId }) => connectionId);
  const [keys, streams, checkpoints] = await Promise.all([
    inspection.keys(ids),
    inspection.streams(ids, POLLED_STREAMS, SUCCESSES),
    inspection.checkpoints(ids),
  ]);
  return { rows, keys, streams, checkpoints };
}

/** Workflows and schedules in Temporal. Ids in neither map were not seen in time. */
export interface SeenInTemporal {
  readonly schedules: ReadonlyMap<string, Sighting<SeenSchedule>>;
  readonly workflows: ReadonlyMap<string, Sighting<SeenWorkflow>>;
  /** Connections that were described completely. */
  readonly described: ReadonlySet<string>;
}

/** Time limit for lists, which are many requests. */
const LIST_FOR_MS = 4 * LOOK_LIMIT_MS;

/** Time limit for descriptions, which can take minutes for all connections; the rest is judged by the lists. */
const DESCRIBE_FOR_MS = LOOK_LIMIT_MS;

/** Lists workflows and schedules, which is fast and shows most. New ones can be missing from the lists for a moment. */
export async function listInTemporal(client: Client): Promise<SeenInTemporal> {
  const limits: LookLimits = { requestMs: LOOK_LIMIT_MS, until: Date.now() + LIST_FOR_MS };
  const [schedules, workflows] = await Promise.all([listSchedules(client, limits), listWorkflows(client, limits)]);
  return { schedules, workflows, described: new Set() };
}

export const NOTHING_LISTED: SeenInTemporal = { schedules: new Map(), workflows: new Map(), described: new Set() };

/**
 * Describes connections one by one within the time limit, and merges the descriptions into the lists.
 *
 * @param rows most important first
 */
export async function describeInTemporal(
  client: Client,
  taskQueue: string,
  listed: SeenInTemporal,
  rows: readonly ConnectionRow[],
): Promise<SeenInTemporal> {
  const limits: LookLimits = { requestMs: LOOK_LIMIT_MS, until: Date.now() + DESCRIBE_FOR_MS };
  const idsOf = (row: ConnectionRow): string[] => planSchedules(row, taskQueue).map(({ scheduleId }) => scheduleId);
  const live = rows.filter(({ state }) => state !== 'disconnected');
  const [schedules, workflows] = await Promise.all([
    describeSchedules(client, live.flatMap(idsOf), limits),
    describeWorkflows(
      client,
      live.map(({ connectionId }) => connectionWorkflowId(connectionId)),
      limits,
    ),
  ]);
  const isDescribed = (row: ConnectionRow): boolean =>
    workflows.has(connectionWorkflowId(row.connectionId)) && idsOf(row).every((id) => schedules.has(id));
  return {
    schedules: new Map([...listed.schedules, ...schedules]),
    workflows: new Map([...listed.workflows, ...workflows]),
    described: new Set(live.filter(isDescribed).map(({ connectionId }) => connectionId)),
  };
}

export function sightingOf<Seen>(seen: ReadonlyMap<string, Sighting<Seen>>, id: string): Sighting<Seen> {
  return seen.get(id) ?? 'unknown';
}
