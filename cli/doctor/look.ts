import { setTimeout as delay } from 'node:timers/promises';
import { isGrpcServiceError } from '@temporalio/client';
import { EXIT } from '../console/exit-codes.js';
import { CliError, failureOf, type Failure } from '../console/failures.js';
import { defined } from '../../model/json.js';

/** Time limit of a check. A healthy server answers within milliseconds. */
export const LOOK_LIMIT_MS = 5_000;

/** Result of a check, or the reason why there is none. */
export type Looked<Seen> = { readonly seen: Seen } | { readonly trouble: Trouble };

export type Trouble = Pick<Failure, 'code' | 'message' | 'nextStep'>;

/** Runs a check with a time limit. Never throws: errors are part of the result. */
export async function look<Seen>(work: () => Promise<Seen>, limitMs = LOOK_LIMIT_MS): Promise<Looked<Seen>> {
  const answered = new AbortController();
  try {
    const late = delay(limitMs, undefined, { signal: answered.signal }).then(() => {
      throw new CliError('no-answer', `There was no answer within ${limitMs / 1000} s.`, TRY_AGAIN, EXIT.unreachable);
    });
    return { seen: await Promise.race([late, Promise.resolve().then(work)]) };
  } catch (error) {
    const { code, message, nextStep } = failureOf(serverError(error));
    return { trouble: defined({ code, message, nextStep }) };
  } finally {
    answered.abort();
  }
}

const TRY_AGAIN = 'Look at the load of the server and the way to it, then run the doctor again.';

export function seenOf<Seen>(looked: Looked<Seen> | undefined): Seen | undefined {
  return looked && 'seen' in looked ? looked.seen : undefined;
}

/** Returns the next step of an error, or a default. */
export const nextStepOf = ({ nextStep }: Pick<Trouble, 'nextStep'>, otherwise: string): string => nextStep ?? otherwise;

/** Unwraps errors of the server, whose SDK wrappers contain less information. */
function serverError(error: unknown): unknown {
  return error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
}
