/** Completed step of an upgrade; in this order, from `polls-recorded` on for each connection. */
export type UpgradeStep =
  | 'schema-migrated'
  | 'namespace-recorded'
  | 'polls-recorded'
  | 'polls-ended'
  | 'backfill-restarted'
  | 'workflow-restarted'
  | 'rotations-sent'
  | 'polls-started'
  | 'marked';

/** Progress of an upgrade, reported after each step. */
export interface UpgradeProgress {
  /** `waiting`: workers still poll the task queue. */
  readonly step: UpgradeStep | 'waiting';
  readonly connectionId?: string;
  /** Connections that are done, and all that have to be. */
  readonly done: number;
  readonly total: number;
  /** Identities of the workers that are waited for. */
  readonly workers?: readonly string[];
}
