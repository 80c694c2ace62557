import * as z from 'zod/mini';
import { fields, once } from '../../model/schemas.js';
import { CONNECTION_ID } from '../ids.js';

/** The id of a connection. @param missing the error for something else than a text */
export const connectionId = (missing = 'must be the id of a connection') =>
  z.string({ error: missing }).check(z.regex(CONNECTION_ID, { error: 'must be the id of a connection' }));

const CONNECTION_NEEDS = 'A connection needs an id.';
const POLL_NEEDS = 'A poll needs a connection.';

/** Input of the workflow of a connection. */
export const connectionInput = once(() =>
  fields({ connectionId: connectionId(CONNECTION_NEEDS) }, { needs: CONNECTION_NEEDS }),
);

/** Input of a poll, with the state that the previous run carried over. */
export const pollInput = once(() =>
  fields({ connectionId: connectionId(POLL_NEEDS), carried: z.optional(z.unknown()) }, { needs: POLL_NEEDS }),
);
