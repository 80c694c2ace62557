import type { Completeness, LateEvents, MissingRange, TotalMismatch } from '../../model/completeness.js';
import type { ConnectionRow } from '../../model/connection.js';

/** Missing parts of a connection's audit log. The JSON of `gaps --json`; times are ISO, UTC. */
export interface GapReport {
  readonly connectionId: string;
  readonly state: ConnectionRow['state'];
  /** Range that is due; absent before Mimecast has accepted the keys. */
  readonly owed?: { readonly from: string; readonly to: string };
  /** End of the last complete window of the polls. */
  readonly heldUntil?: string;
  /** True when nothing that is due is missing. */
  readonly complete: boolean;
  readonly missing: readonly MissingReport[];
  /** Complete windows whose number of events differs from Mimecast's total. */
  readonly totals: readonly TotalReport[];
  readonly lateEvents: LateEvents & { readonly since: string };
}

export interface MissingReport {
  readonly start: string;
  readonly end: string;
  readonly cause: MissingRange['cause'];
  readonly fillable: boolean;
  /** Command that fills the range, or records that it is lost. */
  readonly command: string;
}

export interface TotalReport {
  readonly windowId: string;
  readonly start: string;
  readonly end: string;
  readonly told: number;
  readonly read: number;
}

interface Found {
  readonly row: ConnectionRow;
  readonly completeness: Completeness | undefined;
  readonly mismatches: readonly TotalMismatch[];
  readonly lateEvents: LateEvents;
  readonly lateSince: Date;
}

export function gapReport({ row, completeness, mismatches, lateEvents, lateSince }: Found): GapReport {
  const { connectionId, state } = row;
  const missing = (completeness?.gaps ?? []).map((range) => missingReport(row, range));
  return {
    connectionId,
    state,
    ...(completeness && { owed: { from: iso(completeness.from), to: iso(completeness.due) } }),
    ...(completeness?.watermark && { heldUntil: iso(completeness.watermark) }),
    complete: missing.length === 0,
    missing,
    totals: mismatches.map((mismatch) => ({ ...mismatch, start: iso(mismatch.start), end: iso(mismatch.end) })),
    lateEvents: { ...lateEvents, since: iso(lateSince) },
  };
}

function missingReport({ connectionId, state }: ConnectionRow, range: MissingRange): MissingReport {
  const { cause, fillable } = range;
  const [start, end] = [iso(range.start), iso(range.end)];
  const fill = state === 'disconnected' ? `connect ${connectionId} --base-url …` : fillOf(connectionId, start, end);
  const record = `annotate ${connectionId} audit-evidence --reason "…"`;
  return { start, end, cause, fillable, command: `temporal-mimecast ${fillable ? fill : record}` };
}

const fillOf = (connectionId: string, start: string, end: string): string =>
  `backfill ${connectionId} --from ${start} --to ${end}`;

const iso = (at: Date): string => at.toISOString().replace('.000Z', 'Z');
