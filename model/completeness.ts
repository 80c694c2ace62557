/** Which part of the audit log is held. Every owed moment lies in a complete window or in a named gap. */
export interface Completeness {
  /** First owed moment: the start of Mimecast's look-back of 60 days when the first poll after the connect was due. */
  readonly from: Date;
  /** Last owed moment: now, less the poll interval and the settling time. For a disconnected connection, when it ended. */
  readonly due: Date;
  /** Everything before this moment is held or is a gap: end of the last complete window. */
  readonly watermark?: Date;
  /** Sorted and disjoint. Adjacent ranges differ in their cause, or in whether they can be filled. */
  readonly gaps: readonly MissingRange[];
}

/** A range of the audit log that is owed and not held. */
export interface MissingRange {
  readonly start: Date;
  readonly end: Date;
  readonly cause: MissingCause;
  /** Mimecast still keeps it: a poll or a backfill can read it. */
  readonly fillable: boolean;
}

/** Cause of a missing range. */
export type MissingCause =
  /** It was older than the vendor's look-back when it was requested. */
  | 'look-back'
  /** Polls have not come that far yet. */
  | 'behind'
  /** Nobody polled: the stream was paused, disabled, or the connection was disconnected. */
  | 'not-polled'
  /** A window over it was given up. */
  | 'window-failed';

/** A complete window whose number of rows differs from the vendor's total. */
export interface TotalMismatch {
  readonly windowId: string;
  readonly start: Date;
  readonly end: Date;
  /** The vendor's total, from the window's last page. */
  readonly told: number;
  /** Rows that its pages held. */
  readonly read: number;
}

/** Events that appeared after their time had been read once. */
export interface LateEvents {
  readonly count: number;
  /** The longest time between an event and its detection, in hours. Absent without late events. */
  readonly largestLatenessHours?: number;
}
