import { defineQuery } from '@temporalio/workflow';

export type { BackfillInput } from './requests/backfill.js';

/** From a moment on, up to another: ISO, UTC. */
export interface TimeSpan {
  readonly start: string;
  readonly end: string;
}

/** Progress of a backfill. */
export interface BackfillProgress {
  readonly connectionId: string;
  /** `starting` until the first batch has ended; then `reading`, or how it ended. */
  readonly state: 'starting' | 'reading' | 'cancelled' | 'failed' | BackfillOutcome;
  /** The range that is read, within the vendor's look-back. Absent when there is nothing to read. */
  readonly range?: TimeSpan;
  /** Windows of this run. What was held before is in none of them. */
  readonly windows: BackfillWindows;
  readonly pages: number;
  /** Rows that the pages held. */
  readonly events: number;
  /** Rows that were not held before. */
  readonly newEvents: number;
  /** Since the run began. None before the first batch has ended. */
  readonly pagesPerSecond?: number;
  /** As the windows went so far, in milliseconds. None before the first window is complete. */
  readonly timeLeftMs?: number;
}

/** Number of windows of a backfill in each state. */
export interface BackfillWindows {
  readonly done: number;
  /** Given up: Mimecast could not be paged to their end, or had dropped them. */
  readonly failed: number;
  readonly total: number;
}

/** Outcome of a backfill. */
export type BackfillOutcome =
  /** The whole requested range is held. */
  | 'complete'
  /** Part of the requested range is not held, and this run could not fetch it: `lost`, or failed windows. */
  | 'partial'
  | 'forbidden'
  | 'unavailable'
  /** The connection was disconnected meanwhile; nothing more was stored. */
  | 'disconnected';

/** Result of a backfill's workflow. */
export interface BackfillResult {
  readonly connectionId: string;
  readonly outcome: BackfillOutcome;
  /** The requested range. */
  readonly asked: TimeSpan;
  /** The part of it that could be read. */
  readonly range?: TimeSpan;
  readonly windows: BackfillWindows;
  readonly pages: number;
  readonly events: number;
  readonly newEvents: number;
  /** Parts of it that are not held and are older than the vendor's look-back (60 days): no longer available. */
  readonly lost: readonly TimeSpan[];
  /** In words: where the request was cut, and what is lost. */
  readonly notes: readonly string[];
  /** The permission to grant, when the vendor refuses for the lack of it. */
  readonly permission?: string;
  /** Head of the connection's hash-chained log after the last batch. */
  readonly head?: { readonly sequence: number; readonly hash: string };
}

/** Answers also after the run has ended, for as long as the server keeps it. */
export const backfillProgress = defineQuery<BackfillProgress>('progress');
