import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { isJsonObject } from '../model/json.js';

/** The search attribute's word for why a run is red. Never a bare "failed", which a list of red runs says already. */
const CAUSES: ReadonlyMap<string, string> = new Map([
  ['EvidenceUnavailableError', 'evidence-store'],
  ['EvidenceUnreachableError', 'evidence-store'],
  ['EvidenceSchemaError', 'evidence-store'],
  ['EvidenceNamespaceError', 'evidence-store'],
  ['EvidenceValueError', 'evidence-store'],
  ['EvidenceAccountError', 'other-account'],
  ['MimecastAccountError', 'other-account'],
  ['MimecastAuthenticationError', 'auth-refused'],
  ['MimecastBindingExpiredError', 'keys-expired'],
  ['MimecastClockError', 'clock'],
  ['MimecastConnectionMissing', 'not-connected'],
  ['MimecastInvalidRequest', 'invalid-request'],
  ['MimecastPermissionError', 'forbidden'],
  ['MimecastRateLimitError', 'rate-limited'],
  ['MimecastRefusalLimitError', 'auth-refused'],
  ['MimecastRegionError', 'wrong-region'],
  ['MimecastRequestError', 'unusable-answer'],
  ['MimecastTransportError', 'unreachable'],
  ['VaultForeignKeyError', 'ring'],
  ['VaultKeyringError', 'ring'],
  ['VaultSealError', 'ring'],
]);
const UNEXPECTED = 'unexpected';

/** Failure of a run, as the run reports it: its first line is shown in lists of runs. */
export interface RunFailure {
  readonly type: string;
  readonly message: string;
  readonly cause: string;
  /** The version of the keys that Mimecast refused, when that is what went wrong. */
  readonly refusedVersion?: number;
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
    const refusedVersion = refusedVersionIn(inner);
    return {
      type,
      message: inner.message,
      cause: CAUSES.get(type) ?? UNEXPECTED,
      ...(refusedVersion !== undefined && { refusedVersion }),
    };
  }
  if (inner instanceof TimeoutFailure) return { type: 'MimecastTimeout', message: TIMED_OUT, cause: 'timed-out' };
  return { type: 'Error', message: inner instanceof Error ? inner.message : String(inner), cause: UNEXPECTED };
}

/** The failure that ends a run: explained in its first line, with what the run came to as its detail. */
export function redRun({ type, message }: RunFailure, result: object): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true, details: [result] });
}

/** Message for a timeout: the SDK does not report the failures of the attempts before it. */
const TIMED_OUT = 'No worker ended this in the time it has. See that workers run; the next poll goes on from there.';

function refusedVersionIn({ details }: ApplicationFailure): number | undefined {
  const [detail] = details ?? [];
  const version = isJsonObject(detail) ? detail['keysVersion'] : undefined;
  return typeof version === 'number' ? version : undefined;
}
