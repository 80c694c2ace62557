import type { CallPlace } from './mimecast-error.js';

/** Limits the calls whose keys are refused: some tenants lock accounts. */
export interface CallGuard {
  /**
   * Requests permission for a call.
   *
   * @returns what the caller calls once with how the call ended
   * @throws {MimecastError} when no call may be made; the signal's reason when it is aborted
   */
  begin(place: CallPlace, signal?: AbortSignal): Promise<CallEnded>;
}

/** @param refusal the error with which Mimecast refused the keys; `accepted` for a real answer, `unknown` for neither */
export type CallEnded = (outcome: CallOutcome) => Promise<void>;

export type CallOutcome = 'accepted' | 'unknown' | { readonly refusal: Error };
