import { setTimeout as delay } from 'node:timers/promises';
import { isGrpcServiceError } from '@temporalio/client';
import { EXIT } from '../console/exit-codes.js';
import { CliError, failureOf, type Failure } from '../console/failures.js';

/** A server that is well answers within milliseconds; nobody waits longer for one that is not. */
export const LOOK_LIMIT_MS = 5_000;

/** What a look saw, or why it saw nothing. */
export type Looked<Seen> = { readonly seen: Seen } | { readonly trouble: Trouble };

export type Trouble = Pick<Failure, 'code' | 'message' | 'nextStep'>;

/** Looks, in bounded time. Never throws: what goes wrong is what there is to tell. */
export async function look<Seen>(work: () => Promise<Seen>, limitMs = LOOK_LIMIT_MS): Promise<Looked<Seen>> {
  const answered = new AbortController();
  try {
    const late = delay(limitMs, undefined, { signal: answered.signal }).then(() => {
      throw new CliError('no-answer', `There was no answer within ${limitMs / 1000} s.`, TRY_AGAIN, EXIT.unreachable);
    });
    return { seen: await Promise.race([late, Promise.resolve().then(work)]) };
  } catch (error) {
    const { code, message, nextStep } = failureOf(serverError(error));
    return { trouble: { code, message, ...(nextStep !== undefined && { nextStep }) } };
  } finally {
    answered.abort();
  }
}

const TRY_AGAIN = 'Look at the load of the server and the way to it, then run the doctor again.';

export function seenOf<Seen>(looked: Looked<Seen> | undefined): Seen | undefined {
  return looked && 'seen' in looked ? looked.seen : undefined;
}

/** The next step that an error names, or where to look when it names none. */
export const nextStepOf = ({ nextStep }: Pick<Trouble, 'nextStep'>, otherwise: string): string => nextStep ?? otherwise;

/** The SDK wraps some of the server's errors in its own, which say less. */
function serverError(error: unknown): unknown {
  return error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
}
