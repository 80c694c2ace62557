import { defineQuery } from '@temporalio/workflow';

export type { BackfillInput } from './requests/backfill.js';

/** From a moment on, up to another: ISO, UTC. */
export interface TimeSpan {
  readonly start: string;
  readonly end: string;
}

/** How far a backfill has come. */
export interface BackfillProgress {
  readonly connectionId: string;
  /** `starting` until the first batch has ended; then `reading`, or how it ended. */
  readonly state: 'starting' | 'reading' | 'cancelled' | 'failed' | BackfillOutcome;
  /** What is read, within what the vendor keeps; none when there is nothing to read. */
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

/** How many windows of a backfill are in which state. */
export interface BackfillWindows {
  readonly done: number;
  /** Given up: Mimecast could not be paged to their end, or had dropped them. */
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

/** What a backfill came to: the result of its workflow. */
export interface BackfillResult {
  readonly connectionId: string;
  readonly outcome: BackfillOutcome;
  /** What was asked for. */
  readonly asked: TimeSpan;
  /** What of it could be asked for. */
  readonly range?: TimeSpan;
  readonly windows: BackfillWindows;
  readonly pages: number;
  readonly events: number;
  readonly newEvents: number;
  /** What of it is not held and lies before what the vendor keeps (60 days): it can no longer be fetched. */
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
