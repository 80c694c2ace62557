import {
  isGrpcServiceError,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, NamespaceNotFoundError } from '@temporalio/common';

/** Reason for which a request was not carried out, for programs. Codes are stable; messages are not. */
export type ClientErrorCode =
  | 'already-connected'
  | 'disconnected'
  | 'interrupted'
  | 'backfill-running'
  | 'invalid-connection-id'
  | 'invalid-range'
  | 'invalid-request'
  | 'invalid-stream'
  | 'no-evidence-store'
  | 'no-sealing-key'
  | 'no-worker'
  | 'not-evaluated'
  | 'outcome-unknown'
  | 'prune-limit'
  | 'refused'
  | 'temporal-unreachable'
  | 'unknown-connection'
  | 'unusable-keys';

/** A request was not carried out. `message` is one line, `nextStep` says what to do. */
export class MimecastClientError extends Error {
  override readonly name = 'MimecastClientError';
  readonly code: ClientErrorCode;
  readonly nextStep: string;

  constructor(code: ClientErrorCode, message: string, nextStep: string) {
    super(message);
    this.code = code;
    this.nextStep = nextStep;
  }
}

/** Maps failure types of the connection's workflow to codes. */
const REFUSALS: ReadonlyMap<string, ClientErrorCode> = new Map<string, ClientErrorCode>([
  ['MimecastAlreadyConnected', 'already-connected'],
  ['MimecastCommandInterrupted', 'interrupted'],
  ['MimecastDisconnected', 'disconnected'],
  ['MimecastInvalidRequest', 'invalid-request'],
  ['MimecastNotConnected', 'unknown-connection'],
  ['MimecastSealedKeysError', 'unusable-keys'],
  ['EvidenceNotFoundError', 'invalid-request'],
  ['MimecastPollNotStarted', 'outcome-unknown'],
  ['MimecastStreamNotEnabled', 'invalid-stream'],
]);

/** Converts errors of Temporal to errors with a next step. Other errors are returned unchanged. */
export function clientError(error: unknown, connectionId: string): unknown {
  if (error instanceof WorkflowNotFoundError) return unknownConnection(connectionId);
  if (error instanceof WorkflowUpdateFailedError) return refusal(error, connectionId);
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return outcomeUnknown(connectionId);
  if (error instanceof NamespaceNotFoundError) return unreachable(`there is no namespace "${error.namespace}"`);
  // Most methods of the SDK wrap the server's answer; some throw it unchanged.
  const answer = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(answer) ? unreachable(answer.details) : error;
}

function unreachable(reason: string): MimecastClientError {
  return new MimecastClientError(
    'temporal-unreachable',
    `Temporal did not take the request: ${reason.replace(/\.+$/, '')}.`,
    'Check TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE, and that the server runs.',
  );
}

export function unknownConnection(connectionId: string): MimecastClientError {
  return new MimecastClientError(
    'unknown-connection',
    `There is no connection "${connectionId}", or it is disconnected.`,
    'See which there are with "temporal-mimecast list", or connect it.',
  );
}

export function noWorker(taskQueue: string): MimecastClientError {
  return new MimecastClientError(
    'no-worker',
    `No worker polls task queue "${taskQueue}". Nothing was sent.`,
    'Start one with "temporal-mimecast worker".',
  );
}

function refusal(error: WorkflowUpdateFailedError, connectionId: string): MimecastClientError {
  const reason = innermost(error);
  const code = REFUSALS.get(reason?.type ?? '') ?? 'refused';
  const [message = 'The connection refused the request.'] = (reason?.message ?? error.message).split('\n');
  return new MimecastClientError(code, message, `See "temporal-mimecast status ${connectionId}".`);
}

/** Returns the innermost failure: an activity's failure arrives wrapped. */
function innermost(error: Error): ApplicationFailure | undefined {
  let found: ApplicationFailure | undefined;
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at instanceof ApplicationFailure) found = at;
  }
  return found;
}

function outcomeUnknown(connectionId: string): MimecastClientError {
  return new MimecastClientError(
    'outcome-unknown',
    'The request was accepted, but its outcome is unknown: no answer came in time.',
    `See "temporal-mimecast status ${connectionId}" before you send it again.`,
  );
}
