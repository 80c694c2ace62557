import {
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ActivityFailure, ApplicationFailure, NamespaceNotFoundError, RetryState } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { clientError, MimecastClientError } from '../../../client/errors.js';
import { PROTOTYPE_NAMES } from '../../support/hostile.js';

const refused = (cause: Error): WorkflowUpdateFailedError =>
  new WorkflowUpdateFailedError('Workflow Update failed', cause);

function told(error: unknown): MimecastClientError {
  const answer = clientError(error, 'acme');
  if (!(answer instanceof MimecastClientError)) throw new TypeError('not an error of the client');
  return answer;
}

describe('what the connection refuses is told in its words, with a word for scripts', () => {
  test.each<[string, string]>([
    ['MimecastAlreadyConnected', 'already-connected'],
    ['MimecastCommandInterrupted', 'interrupted'],
    ['MimecastDisconnected', 'disconnected'],
    ['MimecastInvalidRequest', 'invalid-request'],
    ['MimecastNotConnected', 'unknown-connection'],
    ['MimecastPollNotStarted', 'outcome-unknown'],
    ['MimecastStreamNotEnabled', 'invalid-stream'],
    ['EvidenceStateError', 'refused'],
    ...PROTOTYPE_NAMES.map((type): [string, string] => [type, 'refused']),
  ])('%s: %s', (type, code) => {
    const { message, nextStep, ...error } = told(refused(ApplicationFailure.nonRetryable('It said no.\nWhere.', type)));
    expect([error.code, message]).toEqual([code, 'It said no.']);
    expect(nextStep).toContain('temporal-mimecast status acme');
  });

  test('also when an activity said it, which the engine wraps', () => {
    const inner = ApplicationFailure.nonRetryable('It is not enabled.', 'MimecastStreamNotEnabled');
    const outer = new ActivityFailure('Activity task failed', 'x', '1', RetryState.NON_RETRYABLE_FAILURE, 'w', inner);
    expect(told(refused(outer))).toMatchObject({ code: 'invalid-stream', message: 'It is not enabled.' });
  });

  test('a refusal without a reason is still a refusal', () => {
    expect(told(new WorkflowUpdateFailedError('Workflow Update failed', undefined))).toMatchObject({
      code: 'refused',
      message: 'Workflow Update failed',
    });
  });
});

test('a connection that is not there is unknown', () => {
  expect(told(new WorkflowNotFoundError('not found', 'mimecast/acme', undefined))).toMatchObject({
    code: 'unknown-connection',
    message: 'There is no connection "acme", or it is disconnected.',
  });
});

test('a request that was not answered in time may have been carried out', () => {
  const { code, nextStep } = told(new WorkflowUpdateRPCTimeoutOrCancelledError('deadline exceeded'));
  expect(code).toBe('outcome-unknown');
  expect(nextStep).toContain('before you send it again');
});

describe('a server that does not take the request is unreachable', () => {
  const answer = Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: 'no connection', metadata: {} });
  test.each<[string, Error, string]>([
    ['as it answers', answer, 'no connection'],
    ['as the SDK wraps it', new ServiceError('Failed to describe schedule', { cause: answer }), 'no connection'],
    ['without the namespace', new NamespaceNotFoundError('nowhere'), 'there is no namespace "nowhere"'],
  ])('%s', (_, error, reason) => {
    const message = `Temporal did not take the request: ${reason}.`;
    expect(told(error)).toMatchObject({ code: 'temporal-unreachable', message });
  });
});

test.each([new TypeError('a bug'), 'text', undefined])('anything else passes as it is: %s', (error) => {
  expect(clientError(error, 'acme')).toBe(error);
});
