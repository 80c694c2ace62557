import type { Completeness } from '../../model/completeness.js';
import type { Rendering } from '../exports/rendering.js';
import type { DailyStatistics } from '../../model/statistics.js';
import type { LogEntry } from '../../evidence/log/entries.js';
import type { ControlId, StoredEvaluation, Verdict } from '../../model/verdicts.js';
import type { Provenance } from '../../model/provenance.js';
import type { LogHead } from '../../evidence/log/append.js';

/** Everything that a report shows, read beforehand: rendering asks no store and no clock, so the same input gives the same page. */
export interface ReportInput extends Rendering {
  readonly connection: ReportedConnection;
  /** First moment of the period, and the one before which it ends: ISO, UTC. */
  readonly period: { readonly from: string; readonly to: string };
  /** The record that is rendered; none when nothing was evaluated by then. */
  readonly evaluation?: StoredEvaluation;
  readonly states: readonly ControlStates[];
  /** As of the record. Like drift and statistics not there when it was not looked at, which the page then says. */
  readonly completeness?: Completeness | 'nothing-owed';
  readonly drift?: readonly DriftEntry[];
  readonly statistics?: readonly DailyStatistics[];
  /** Entries of the log about keys, settings and pauses within the period. */
  readonly changes: readonly LogEntry[];
  /** Where the bodies came from that the record rests on. */
  readonly provenance: readonly CitedBody[];
  /** The log's head when the record had just been written. */
  readonly link?: LogHead;
}

export interface ReportedConnection {
  readonly connectionId: string;
  readonly baseUrl: string;
  readonly apiVersion: string;
  readonly accountCode?: string;
  readonly accountName?: string;
  /** When it was last changed: ISO, UTC. */
  readonly updatedAt: string;
}

/** How the verdict of one control went over the period, from the first record on that speaks of it. In order, without a hole. */
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

/** One endpoint answered otherwise than before. */
export interface DriftEntry {
  readonly endpoint: string;
  readonly before: { readonly digest: string; readonly observedAt: string };
  readonly after: { readonly digest: string; readonly observedAt: string };
  /** What is different, in the words of the configuration: descriptions of policies, names of settings. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
  /** Audit events between the two that mention what changed. They may have to do with it; nobody claims that they do. */
  readonly candidates: readonly DriftCandidate[];
}

export interface DriftCandidate {
  /** ISO, UTC. */
  readonly eventTime: string;
  readonly auditType: string;
  /** Lower-case hex SHA-256 of the event, by which it is found in an export. */
  readonly sha256: string;
  readonly user?: string;
}

/** A body that verdicts rest on, with the answer that brought it. */
export interface CitedBody {
  readonly source: string;
  readonly digest: string;
  readonly observedAt: string;
  readonly provenance?: Provenance;
}
