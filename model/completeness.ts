/**
 * Which part of the audit log is held: every moment that is owed lies in a complete window or in a named gap. Never neither.
 */
export interface Completeness {
  /** First moment that is owed: what the vendor (60 days) still kept when the first poll after the connect was due. */
  readonly from: Date;
  /** Last moment that is owed: now, less the interval and the settling time. Of a disconnected connection, its end. */
  readonly due: Date;
  /** Everything before this moment is held or is a gap: end of the last complete window. */
  readonly watermark?: Date;
  /** In order and disjoint. Two that touch differ in their cause, or in whether they can be filled. */
  readonly gaps: readonly MissingRange[];
}

/** A range of the audit log that is owed and not held. */
export interface MissingRange {
  readonly start: Date;
  readonly end: Date;
  readonly cause: MissingCause;
  /** The vendor still keeps it: a poll or a backfill can bring it. */
  readonly fillable: boolean;
}

/** Why a range is not held. */
export type MissingCause =
  /** The vendor no longer kept it when it was asked for. */
  | 'look-back'
  /** Polls have not come that far yet. */
  | 'behind'
  /** Nobody polled: the stream was paused, disabled, or the connection was disconnected. */
  | 'not-polled'
  /** A window over it was given up. */
  | 'window-failed';

/** A complete window that holds another number of rows than the vendor said it has. A finding, and no failure. */
export interface TotalMismatch {
  readonly windowId: string;
  readonly start: Date;
  readonly end: Date;
  /** Rows that the vendor told with the window's last page. */
  readonly told: number;
  /** Rows that its pages held. */
  readonly read: number;
}

/** Events that a first reading of their time did not find and a later one did. */
export interface LateEvents {
  readonly count: number;
  /** From when it happened until it was found, at most: in hours. None without late events. */
  readonly largestLatenessHours?: number;
}
