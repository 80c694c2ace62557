import type { ControlId } from '../model/verdicts.js';
import type { ListedConnection } from './reports.js';

/** Health of a connection in one word, worst first. */
export const HEALTHS = [
  'lost',
  'failing',
  'refused',
  'paused',
  'gaps',
  'stale',
  'starting',
  'disconnecting',
  'ok',
  'disconnected',
] as const;

export type Health = (typeof HEALTHS)[number];

export interface ConnectionHealth {
  readonly health: Health;
  /** The reason, in a word or two. */
  readonly why?: string;
}

const FAILING_REASONS = { row: 'its row is invalid', workflow: 'its workflow fails' };

/**
 * Returns the health of a connection. Its keys and pauses come before missing evidence, because they are usually the
 * cause.
 */
export function connectionHealth(connection: ListedConnection): ConnectionHealth {
  const { state, workflowMissing, failing, pausedFor = [], posture } = connection;
  const fails = (id: ControlId): boolean => posture?.failing.includes(id) ?? false;

  if (workflowMissing) return { health: 'lost', why: 'its workflow is gone' };
  if (failing && state !== 'disconnected') return { health: 'failing', why: FAILING_REASONS[failing.what] };
  if (state === 'refused') return { health: 'refused', why: 'keys refused' };
  if (state !== 'connected') return { health: state };
  if (pausedFor.length > 0) return { health: 'paused', why: pausedFor.join(', ') };
  if (fails('audit-evidence')) return { health: 'gaps', why: 'audit events are missing' };
  if (fails('evidence-fresh')) return { health: 'stale', why: 'not read in time' };
  return { health: 'ok' };
}

/** Returns true when the connection needs no action. A connection that was disconnected on purpose needs none. */
export const isHealthy = ({ health }: ConnectionHealth): boolean => health === 'ok' || health === 'disconnected';
