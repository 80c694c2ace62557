import type { MarkedConnection } from '../../evidence/connections/workflow-versions.js';
import type { TemporalNamespace } from '../../evidence/database/errors.js';
import { isSameNamespace, requireSameNamespace } from '../../evidence/database/namespace.js';
import type { ConnectionRow } from '../../model/connection.js';

// The decisions of an upgrade, before it changes anything. Pure.

/**
 * Condition for recording the current namespace in the database: `always` also when it is recorded already, so that every
 * connection is restarted from its row after the database was restored; `if-other` for servers that belong together.
 */
export type AdoptNamespace = 'always' | 'if-other';

/** @throws EvidenceNamespaceError when the database belongs to another namespace, and is not to be given to this one */
export function isAdopted(
  claimed: TemporalNamespace | undefined,
  found: TemporalNamespace,
  adopt: AdoptNamespace | undefined,
): boolean {
  if (adopt === undefined) requireSameNamespace(claimed, found);
  if (adopt === 'always') return true;
  return claimed !== undefined && !isSameNamespace(claimed, found);
}

/**
 * Returns the task queues whose workers have to be stopped: the configured one, and those of the connections' workflows. A
 * workflow without a row belongs to another database, and so do its workers.
 */
export const queuesOf = (
  configured: string,
  entities: readonly Pick<RunningEntity, 'connectionId' | 'taskQueue'>[],
  connectionIds: ReadonlySet<string>,
): string[] => {
  const own = entities.filter(({ connectionId }) => connectionIds.has(connectionId));
  return [...new Set([configured, ...own.map(({ taskQueue }) => taskQueue)])];
};

/** A connection's workflow that runs. */
export interface RunningEntity {
  readonly connectionId: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly taskQueue: string;
}

/** Workflows that run although no row says so. */
export interface StrayEntities {
  /** There is no row: listed, and not touched. */
  readonly withoutRow: readonly RunningEntity[];
  /** The row is disconnected: ended, because the next connect would join a run that no worker can continue. */
  readonly disconnected: readonly RunningEntity[];
}

export function strayEntities(
  entities: readonly RunningEntity[],
  rows: readonly Pick<ConnectionRow, 'connectionId' | 'state'>[],
): StrayEntities {
  const states = new Map(rows.map(({ connectionId, state }) => [connectionId, state]));
  return {
    withoutRow: entities.filter(({ connectionId }) => !states.has(connectionId)),
    disconnected: entities.filter(({ connectionId }) => states.get(connectionId) === 'disconnected'),
  };
}

/** Splits connections into groups that are restarted side by side; one group after the other bounds the rate. */
export function groupsOf(connections: readonly MarkedConnection[], size: number): MarkedConnection[][] {
  const groups = Array.from({ length: Math.ceil(connections.length / size) }, (_, index) => index * size);
  return groups.map((start) => connections.slice(start, start + size));
}
