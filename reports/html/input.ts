import type { Completeness } from '../../model/completeness.js';
import type { Rendering } from '../exports/rendering.js';
import type { DailyStatistics } from '../../model/statistics.js';
import type { LogEntry } from '../../evidence/log/entries.js';
import type { ControlId, StoredEvaluation, Verdict } from '../../model/verdicts.js';
import type { Provenance } from '../../model/provenance.js';
import type { LogHead } from '../../evidence/log/append.js';

/** Everything that a report shows. Rendering reads no store and no clock, so the same input gives the same page. */
export interface ReportInput extends Rendering {
  readonly connection: ReportedConnection;
  /** Period, ISO, UTC: `from` inclusive, `to` exclusive. */
  readonly period: { readonly from: string; readonly to: string };
  /** The rendered record; absent when nothing was evaluated. */
  readonly evaluation?: StoredEvaluation;
  readonly states: readonly ControlStates[];
  /** At the time of the record. Like drift and statistics, absent when it was not examined, which the page says. */
  readonly completeness?: Completeness | 'nothing-owed';
  readonly drift?: readonly DriftEntry[];
  readonly statistics?: readonly DailyStatistics[];
  /** Entries of the log about keys, settings and pauses within the period. */
  readonly changes: readonly LogEntry[];
  /** Origins of the bodies that the record cites. */
  readonly provenance: readonly CitedBody[];
  /** Head of the log after the record was written. */
  readonly link?: LogHead;
}

export interface ReportedConnection {
  readonly connectionId: string;
  readonly baseUrl: string;
  readonly apiVersion: string;
  readonly accountCode?: string;
  readonly accountName?: string;
  /** Time of the last change: ISO, UTC. */
  readonly updatedAt: string;
}

/** Verdicts of one control over the period, from the first record that contains it. In order, without gaps. */
export interface ControlStates {
  readonly id: ControlId;
  readonly spans: readonly StateSpan[];
}

export interface StateSpan {
  readonly verdict: Verdict;
  /** ISO, UTC. */
  readonly from: string;
  readonly to: string;
}

/** A change in the response of one endpoint. */
export interface DriftEntry {
  readonly endpoint: string;
  readonly before: { readonly digest: string; readonly observedAt: string };
  readonly after: { readonly digest: string; readonly observedAt: string };
  /** Names of the items that differ: descriptions of policies, names of settings. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
  /** Audit events between the two readings that mention a changed item. They are possible causes, not proven ones. */
  readonly candidates: readonly DriftCandidate[];
}

export interface DriftCandidate {
  /** ISO, UTC. */
  readonly eventTime: string;
  readonly auditType: string;
  /** Lower-case hex SHA-256 of the event, to find it in an export. */
  readonly sha256: string;
  readonly user?: string;
}

/** A body that verdicts cite, with its origin. */
export interface CitedBody {
  readonly source: string;
  readonly digest: string;
  readonly observedAt: string;
  readonly provenance?: Provenance;
}
