import { log } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import {
  EvidenceAccountError,
  EvidenceNamespaceError,
  EvidenceNotFoundError,
  EvidenceSchemaError,
  EvidenceStateError,
  EvidenceUnreachableError,
} from '../evidence/errors.js';
import { MimecastRateLimitError } from '../mimecast/errors.js';
import { MimecastError } from '../mimecast/mimecast-error.js';
import { VaultForeignKeyError, VaultKeyringError, VaultSealError } from '../vault/errors.js';

/** Our own errors that no repetition mends. */
const FINAL = [
  EvidenceAccountError,
  EvidenceNamespaceError,
  EvidenceNotFoundError,
  EvidenceSchemaError,
  EvidenceStateError,
  VaultForeignKeyError,
  VaultKeyringError,
  VaultSealError,
];

/**
 * Every way in which an activity fails, as the engine keeps it: type, message, whether and when to try again.
 *
 * A foreign error is never passed on, not even as a cause: its message may carry a URL, a row or a key, and what
 * reaches the engine stays in its history.
 */
export function toFailure(error: unknown): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (error instanceof MimecastError) return mimecastFailure(error);
  if (FINAL.some((kind) => error instanceof kind)) {
    const { name, message } = error as Error;
    return ApplicationFailure.nonRetryable(message, name);
  }
  if (error instanceof EvidenceUnreachableError) return ApplicationFailure.retryable(error.message, error.name);
  return foreignFailure(error);
}

function mimecastFailure(error: MimecastError): ApplicationFailure {
  const { path, requestId, httpStatus, codes, at } = error;
  return ApplicationFailure.create({
    type: error.name,
    message: error.message,
    nonRetryable: !error.retryable,
    details: [{ path, requestId, httpStatus, codes, at }],
    ...(error.retryAfterMs !== undefined && { nextRetryDelay: error.retryAfterMs }),
    ...(error instanceof MimecastRateLimitError && { category: ApplicationFailureCategory.BENIGN }),
  });
}

function foreignFailure(error: unknown): ApplicationFailure {
  const name = error instanceof Error ? error.name : typeof error;
  const code = errorCode(error);
  log.error('An activity failed unexpectedly', { error: name, code, frames: framesOf(error) });
  if (code && /^(E[A-Z]+|[0-9A-Z]{5})$/.test(code)) {
    return ApplicationFailure.retryable(
      `The evidence store did not answer (${code}). It is tried again by itself; if it lasts, check Postgres.`,
      'EvidenceUnavailableError',
    );
  }
  return ApplicationFailure.retryable(
    `An unexpected ${name} stopped this attempt. It is tried again by itself; the worker's log says where it came from.`,
    'UnexpectedError',
  );
}

function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Where an error came from, without its message. */
function framesOf(error: unknown): string[] {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return lines.filter((line) => line.trimStart().startsWith('at ')).slice(0, 8);
}
