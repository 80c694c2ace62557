import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/common';

/** The search attribute's word for why a run is red. Anything that is not here is `failed`. */
const CAUSES: Readonly<Record<string, string>> = {
  MimecastAuthenticationError: 'auth-refused',
  MimecastBindingExpiredError: 'keys-expired',
  MimecastClockError: 'clock',
  MimecastPermissionError: 'forbidden',
  MimecastRateLimitError: 'rate-limited',
  MimecastRegionError: 'wrong-region',
  MimecastTransportError: 'unreachable',
  VaultForeignKeyError: 'ring',
};

/** What went wrong, as the run itself reports it: its first line is what people see in a list of runs. */
export interface RunFailure {
  readonly type: string;
  readonly message: string;
  readonly cause: string;
}

/**
 * The reason behind a failed activity.
 *
 * The engine wraps it twice ("Activity task failed"); a run that rethrew the wrapper would explain nothing in its first line.
 */
export function failureOf(error: unknown): RunFailure {
  const inner = error instanceof ActivityFailure ? error.cause : error;
  if (inner instanceof ApplicationFailure) {
    const type = inner.type ?? 'Error';
    return { type, message: inner.message, cause: CAUSES[type] ?? 'failed' };
  }
  if (inner instanceof TimeoutFailure) {
    const last = inner.cause instanceof ApplicationFailure ? ` Last failure: ${inner.cause.message}` : '';
    return { type: 'MimecastTimeout', message: `It did not succeed in the time it has.${last}`, cause: causeOf(inner) };
  }
  return { type: 'Error', message: inner instanceof Error ? inner.message : String(inner), cause: 'failed' };
}

function causeOf(timeout: TimeoutFailure): string {
  const last = timeout.cause instanceof ApplicationFailure ? timeout.cause.type : undefined;
  return (last && CAUSES[last]) ?? 'failed';
}
