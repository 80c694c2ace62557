import * as z from 'zod/mini';
import { fields, once } from '../../model/schemas.js';
import { moment, type Accepted } from './fields.js';
import { connectionId } from './starts.js';

const NEEDS = 'A backfill needs a connection and a range of time.';

/** Fields of the request that starts a backfill. */
const input = () => ({
  connectionId: connectionId(NEEDS),
  /** ISO, UTC. */
  from: moment('is not a date: give ISO 8601, such as 2026-09-12T00:00:00Z'),
  /** ISO, UTC. Events that have not settled are left out, and the result says so. */
  to: moment('is not a date: give ISO 8601, such as 2026-09-12T00:00:00Z'),
});

export const backfillInput = once(() => fields(input(), { needs: NEEDS }));

/** The input of a run, with what the run before it carried over. */
export const backfillRun = once(() => fields({ ...input(), carried: z.optional(z.unknown()) }, { needs: NEEDS }));

/** Request that starts a backfill: a connection and a range of time. */
export type BackfillInput = Accepted<typeof backfillInput>;
