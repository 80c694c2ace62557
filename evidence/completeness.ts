/**
 * Which part of the audit log is held: every moment that is owed lies in a complete window or in a named gap. Never neither.
 */
export interface Completeness {
  /** First moment that is owed: the connect, less what the vendor keeps (60 days). */
  readonly from: Date;
  /** Last moment that is owed: now, less the interval and the settling time. */
  readonly due: Date;
  /** Everything before this moment is held or is a gap: end of the last complete window. */
  readonly watermark?: Date;
  /** In order, disjoint, not touching each other. */
  readonly gaps: readonly MissingRange[];
}

export interface MissingRange {
  readonly start: Date;
  readonly end: Date;
  readonly cause: MissingCause;
  /** The vendor still keeps it: a poll or a backfill can bring it. */
  readonly fillable: boolean;
}

export type MissingCause =
  /** The vendor no longer kept it when it was asked for. */
  | 'look-back'
  /** Polls have not come that far yet. */
  | 'behind'
  /** Nobody polled: the stream was paused, disabled, or the connection was disconnected. */
  | 'not-polled'
  /** A window over it was given up. */
  | 'window-failed';
