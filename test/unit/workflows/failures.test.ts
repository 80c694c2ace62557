import { ActivityFailure, ApplicationFailure, RetryState, TimeoutFailure, TimeoutType } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { failureOf } from '../../../workflows/failures.js';
import { PROTOTYPE_NAMES } from '../../support/hostile.js';

const UNREACHABLE = ApplicationFailure.retryable(
  'Mimecast could not be reached.\nPOST eu-api',
  'MimecastTransportError',
);
const inActivity = (cause: Error): ActivityFailure =>
  new ActivityFailure('Activity task failed', 'collect', '1', RetryState.TIMEOUT, 'worker', cause);

describe('a red run says in its first line and in its search attribute what went wrong', () => {
  test.each<[string, Error, string, string]>([
    ['a failure of an activity', inActivity(UNREACHABLE), 'Mimecast could not be reached.', 'unreachable'],
    [
      'a time that was up',
      inActivity(new TimeoutFailure('activity ScheduleToClose timeout', undefined, TimeoutType.SCHEDULE_TO_CLOSE)),
      'No worker ended this in the time it has. See that workers run; the next poll goes on from there.',
      'timed-out',
    ],
    ['something nobody thought of', new Error('surprise'), 'surprise', 'unexpected'],
    [
      'a kind of failure that has no word of its own',
      inActivity(ApplicationFailure.nonRetryable('An unexpected TypeError.', 'UnexpectedError')),
      'An unexpected TypeError.',
      'unexpected',
    ],
    ...PROTOTYPE_NAMES.map((type): [string, Error, string, string] => [
      `a kind of failure called ${type}`,
      inActivity(ApplicationFailure.nonRetryable('It broke.', type)),
      'It broke.',
      'unexpected',
    ]),
  ])('%s', (_, error, line, cause) => {
    const failure = failureOf(error);
    expect(failure.message.split('\n')[0]).toBe(line);
    expect(failure.cause).toBe(cause);
  });
});
