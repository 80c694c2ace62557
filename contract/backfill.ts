import { defineQuery } from '@temporalio/workflow';

/** A range of time: from `start` up to, but not including, `end`. ISO, UTC. */
export interface TimeSpan {
  readonly start: string;
  readonly end: string;
}

/** What a backfill is started with. */
export interface BackfillInput {
  readonly connectionId: string;
  /** ISO, UTC. */
  readonly from: string;
  /** ISO, UTC. What has not settled is left out, and the result says so. */
  readonly to: string;
}

/** The progress of a backfill. */
export interface BackfillProgress {
  readonly connectionId: string;
  /** `starting` until the first batch has ended; then `reading`, or how it ended. */
  readonly state: 'starting' | 'reading' | 'cancelled' | 'failed' | BackfillOutcome;
  /** The range that is read, within Mimecast's look-back. Absent when there is nothing to read. */
  readonly range?: TimeSpan;
  /** Windows of this run. Ranges that were held before have none. */
  readonly windows: BackfillWindows;
  readonly pages: number;
  /** Rows that the pages held. */
  readonly events: number;
  /** Rows that were not held before. */
  readonly newEvents: number;
  /** Since the run began. None before the first batch has ended. */
  readonly pagesPerSecond?: number;
  /** Estimated from the windows so far, in milliseconds. Absent before the first window is complete. */
  readonly timeLeftMs?: number;
}

/** Windows of a backfill: ranges of at most one day. */
export interface BackfillWindows {
  readonly done: number;
  /** Could not be read to their end, or were dropped by Mimecast. */
  readonly failed: number;
  readonly total: number;
}

/** How a backfill ended. */
export type BackfillOutcome =
  /** All of what was asked for is held. */
  | 'complete'
  /** Something of what was asked for is not held and this run could not bring it: `lost`, or failed windows. */
  | 'partial'
  | 'forbidden'
  | 'unavailable'
  /** The connection was disconnected meanwhile; nothing more was stored. */
  | 'disconnected';

/** The result of a backfill. */
export interface BackfillResult {
  readonly connectionId: string;
  readonly outcome: BackfillOutcome;
  /** The range that was requested. */
  readonly asked: TimeSpan;
  /** The part of it that Mimecast still keeps. */
  readonly range?: TimeSpan;
  readonly windows: BackfillWindows;
  readonly pages: number;
  readonly events: number;
  readonly newEvents: number;
  /** Parts of it that are not held and older than Mimecast's look-back of 60 days: they cannot be fetched any more. */
  readonly lost: readonly TimeSpan[];
  /** For people: where the request was cut, and what is lost. */
  readonly notes: readonly string[];
  /** The permission to grant, when the vendor refuses for the lack of it. */
  readonly permission?: string;
  /** Head of the connection's hash-chained log after the last batch. */
  readonly head?: { readonly sequence: number; readonly hash: string };
}

/** Answers also after the run has ended, for as long as the server keeps it. */
export const backfillProgress = defineQuery<BackfillProgress>('progress');
