import { setTimeout as delay } from 'node:timers/promises';
import type { RefusedCalls } from '../evidence/connections/refused-calls.js';
import type { CallEnded, CallGuard, CallOutcome } from '../mimecast/call-guard.js';
import { MimecastRefusalLimitError } from '../mimecast/errors.js';
import type { CallPlace } from '../mimecast/mimecast-error.js';
import { SECOND_MS } from '../model/time.js';

/** The most refused calls of a connection within ten minutes, whatever makes them. */
const REFUSED_CALLS = 5;

/** New keys leave one call to those in use, whose polls must not stop because of keys that somebody else sends. */
const REFUSED_CALLS_OF_NEW_KEYS = REFUSED_CALLS - 1;

/** The most refused calls that one more call of these keys may make. */
export const refusalLimit = ({ inUse }: Pick<GuardedKeys, 'inUse'>): number =>
  inUse ? REFUSED_CALLS : REFUSED_CALLS_OF_NEW_KEYS;

/** Calls with keys that were just accepted need no permit: a long log is read with many calls. */
const TRUST_MS = 10 * SECOND_MS;

/** Polls of several endpoints start together: one of them tries keys that may be refused, and the others take its result. */
const SHARED_REFUSAL_MS = 5 * SECOND_MS;

/** Pause before the next request for a permit, when the call has to wait for the results of others. */
const ASK_AGAIN_MS = 100;

/** The keys of a call. */
export interface GuardedKeys {
  readonly connectionId: string;
  readonly version: number;
  /** They are in use, or no others are. */
  readonly inUse: boolean;
  /** Calls that run side by side with others share a refusal: polls and backfills. */
  readonly shared: boolean;
}

/** Creates the guards of one worker's calls. */
export function createRefusalGuards(refusedCalls: RefusedCalls): (keys: GuardedKeys) => CallGuard {
  const trustedUntil = new Map<string, number>();
  const refusals = new Map<string, { readonly refusal: Error; readonly until: number }>();
  const turns = new Map<string, Promise<void>>();

  return ({ connectionId, version, inUse, shared }) => {
    const key = `${connectionId} v${version}`;
    const limit = refusalLimit({ inUse });
    const isTrusted = (): boolean => (trustedUntil.get(key) ?? 0) > performance.now();

    const note = (outcome: CallOutcome): void => {
      if (outcome === 'unknown') return;
      if (outcome === 'accepted') {
        forgetOld(trustedUntil);
        trustedUntil.set(key, performance.now() + TRUST_MS);
        refusals.delete(key);
      } else {
        trustedUntil.delete(key);
        refusals.set(key, { refusal: outcome.refusal, until: performance.now() + SHARED_REFUSAL_MS });
      }
    };

    const trusted: CallEnded = async (outcome) => {
      note(outcome);
      if (typeof outcome === 'object') await refusedCalls.record(connectionId);
    };

    const doubtful = async (place: CallPlace, signal: AbortSignal | undefined): Promise<CallEnded> => {
      const known = refusals.get(key);
      if (shared && known && known.until > performance.now()) throw known.refusal;
      const callId = await permitted(refusedCalls, { connectionId, limit, place, signal });
      return async (outcome) => {
        note(outcome);
        await refusedCalls.settle(callId, typeof outcome === 'object');
      };
    };

    return {
      async begin(place, signal) {
        if (isTrusted()) return trusted;
        if (!shared) return await doubtful(place, signal);
        const release = await takeTurn(turns, key);
        try {
          if (isTrusted()) {
            release();
            return trusted;
          }
          const ended = await doubtful(place, signal);
          return async (outcome) => {
            await ended(outcome).finally(release);
          };
        } catch (error) {
          release();
          throw error;
        }
      },
    };
  };
}

interface PermitRequest {
  readonly connectionId: string;
  readonly limit: number;
  readonly place: CallPlace;
  readonly signal: AbortSignal | undefined;
}

/** Waits for calls under way, which may still be accepted. @throws {MimecastRefusalLimitError} when the limit is reached */
async function permitted(
  refusedCalls: RefusedCalls,
  { connectionId, limit, place, signal }: PermitRequest,
): Promise<string> {
  for (;;) {
    signal?.throwIfAborted();
    const permit = await refusedCalls.take(connectionId, limit);
    if (permit.granted) return permit.callId;
    if (permit.waitMs > 0) throw new MimecastRefusalLimitError(place, permit.waitMs);
    await delay(ASK_AGAIN_MS, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
}

/** Waits until the callers before have released their turn. @returns releases this one */
async function takeTurn(turns: Map<string, Promise<void>>, key: string): Promise<() => void> {
  const before = turns.get(key);
  let release = (): void => undefined;
  const turn = new Promise<void>((done) => {
    release = done;
  });
  const last = (before ?? Promise.resolve()).then(() => turn);
  turns.set(key, last);
  void last.then(() => {
    if (turns.get(key) === last) turns.delete(key);
  });
  await before;
  return release;
}

function forgetOld(until: Map<string, number>): void {
  for (const [key, at] of until) if (at <= performance.now()) until.delete(key);
}
