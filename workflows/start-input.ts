import { ApplicationFailure, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { OUTCOME_ATTRIBUTE } from '../contract/search-attributes.js';
import { problemIn, UNDECODABLE, type Schema } from '../model/schemas.js';
import { failureOf } from './failures.js';

/** Returns true when another run of the same workflow started this one. Only then is what its input carries over trusted. */
export const isContinued = (): boolean => workflowInfo().continuedFromExecutionRunId !== undefined;

/**
 * The first problem of what a run was started with; none for a valid input. Anyone with access to the namespace can start
 * a run.
 *
 * @throws Error for a run that continues another one and whose input this worker cannot decode: its task is retried until a
 *   worker can
 */
export function inputProblem(schema: () => Schema, input: unknown): string | undefined {
  if (!isContinued()) return problemIn(schema, input);
  if (input === UNDECODABLE) throw new Error('This worker has not the payload codec or converter of the previous run.');
  return undefined;
}

/** @throws ApplicationFailure `MimecastInvalidRequest`, which fails the run */
export function rejectInput(schema: () => Schema, input: unknown): void {
  const problem = inputProblem(schema, input);
  if (problem !== undefined) failRun(problem);
}

/** @throws ApplicationFailure `MimecastInvalidRequest` */
export function failRun(problem: string): never {
  const failure = ApplicationFailure.nonRetryable(problem, 'MimecastInvalidRequest');
  upsertSearchAttributes([{ key: OUTCOME_ATTRIBUTE, value: failureOf(failure).cause }]);
  throw failure;
}
