import { log } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import {
  EvidenceAccountError,
  EvidenceNamespaceError,
  EvidenceNotFoundError,
  EvidenceSchemaError,
  EvidenceStateError,
  EvidenceUnreachableError,
  EvidenceValueError,
} from '../evidence/database/errors.js';
import {
  MimecastAuthenticationError,
  MimecastBindingExpiredError,
  MimecastRateLimitError,
} from '../mimecast/errors.js';
import { MimecastError } from '../mimecast/mimecast-error.js';
import { MimecastCredentialsError } from '../mimecast/credentials.js';
import { MimecastBaseUrlError } from '../mimecast/regions.js';
import type { KeysInUse } from './session.js';
import { VaultForeignKeyError, VaultKeyringError, VaultSealError } from '../vault/errors.js';

/** Errors of this package that a retry cannot fix. */
const FINAL = [
  EvidenceAccountError,
  EvidenceNamespaceError,
  EvidenceNotFoundError,
  EvidenceSchemaError,
  EvidenceStateError,
  EvidenceValueError,
  MimecastBaseUrlError,
  MimecastCredentialsError,
  VaultForeignKeyError,
  VaultKeyringError,
  VaultSealError,
];

/**
 * Converts every error of an activity to the failure that Temporal stores: type, message, whether and when to retry.
 *
 * A foreign error is never passed on, not even as a cause: its message may contain a URL, a row or a key, and
 * failures stay in the workflow history.
 */
export function toFailure(error: unknown): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (error instanceof MimecastError) return mimecastFailure(error, error.message);
  if (FINAL.some((kind) => error instanceof kind)) {
    const { name, message } = error as Error;
    return ApplicationFailure.nonRetryable(message, name);
  }
  if (error instanceof EvidenceUnreachableError) return ApplicationFailure.retryable(error.message, error.name);
  return foreignFailure(error);
}

/**
 * Returns the failure of a call that was made with a connection's keys. If the keys were rejected, it names their
 * version and the command for this connection.
 */
export function failureWith({ connectionId, version }: KeysInUse, error: unknown): unknown {
  const advice = error instanceof MimecastError ? adviceOn(error, connectionId, version) : undefined;
  if (!(error instanceof MimecastError) || advice === undefined) return error;
  const [, place = ''] = error.message.split('\n');
  return mimecastFailure(error, `${advice}\n${place}`, version);
}

function adviceOn(error: MimecastError, connectionId: string, version: number): string | undefined {
  if (error instanceof MimecastBindingExpiredError) {
    return `The access key (v${version}) has expired. Request new keys, set the service user's Authentication Cache TTL to Never Expires, then: rotate ${connectionId}.`;
  }
  if (!(error instanceof MimecastAuthenticationError)) return undefined;
  return refusalAdvice(error, connectionId, version);
}

/** At most 200 characters, for ids and versions of usual length: the first line of a failed run. */
function refusalAdvice({ refused }: MimecastAuthenticationError, connectionId: string, version: number): string {
  const orRegion = `or look for the region: test ${connectionId} --find-region.`;
  switch (refused) {
    case 'application-id':
      return `Mimecast does not know the Application ID (v${version}, refused twice). Copy it from Your Application Integrations, then: rotate ${connectionId}.`;
    case 'client':
      return `Mimecast refused the Client ID or Client Secret (v${version}). Enter both again: rotate ${connectionId}; ${orRegion}`;
    case 'token':
      return `Mimecast refused a token that it had given for the Client ID (v${version}). See that the application is enabled; ${orRegion}`;
    case 'keys':
      return `Mimecast refused the keys (v${version}): one of them is wrong, or the region is. Enter them again: rotate ${connectionId}; ${orRegion}`;
  }
}

function mimecastFailure(error: MimecastError, message: string, keysVersion?: number): ApplicationFailure {
  const { path, requestId, httpStatus, codes, at } = error;
  return ApplicationFailure.create({
    type: error.name,
    message,
    nonRetryable: !error.retryable,
    details: [{ path, requestId, httpStatus, codes, at, ...(keysVersion !== undefined && { keysVersion }) }],
    ...(error.retryAfterMs !== undefined && { nextRetryDelay: error.retryAfterMs }),
    ...(error instanceof MimecastRateLimitError && { category: ApplicationFailureCategory.BENIGN }),
  });
}

function foreignFailure(error: unknown): ApplicationFailure {
  const name = error instanceof Error && NAME.test(error.name) ? error.name : typeof error;
  const code = errorCode(error);
  log.error('An activity failed unexpectedly', { error: name, code, frames: framesOf(error) });
  if (code !== undefined) {
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

const NAME = /^[A-Z]\w{0,60}$/;

/** A socket error code or a SQLSTATE. Any other text is dropped, because it may contain anything. */
const CODE = /^(E[A-Z]+|[0-9A-Z]{5})$/;

function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && CODE.test(code) ? code : undefined;
}

/** Returns the stack frames of an error, without its message, whose lines may look like frames. */
function framesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { stack = '', message } = error;
  const afterMessage = stack
    .split(message)
    .slice(message === '' ? 0 : 1)
    .join(message);
  return afterMessage
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 8);
}
