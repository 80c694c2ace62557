import { ApplicationFailure } from '@temporalio/common';
import type { MimecastActivities } from '../contract/activities.js';
import { ACTIVITY_INPUTS } from '../contract/requests/activities.js';
import { readLeniently } from '../model/schemas.js';

/**
 * Reads what an activity is given. Unknown fields are ignored: a workflow of a later release may have written them.
 *
 * @throws ApplicationFailure `MimecastInvalidRequest`, not retried. Its message names the field, and repeats no value.
 */
export function parseInput<Args extends unknown[]>(name: keyof MimecastActivities, args: Args): Args {
  return ACTIVITY_INPUTS[name].map((schema, index) => {
    const read = readLeniently(schema, args[index], `argument ${index + 1}`);
    if ('value' in read) return read.value;
    throw ApplicationFailure.nonRetryable(`${name}: ${read.problem}`, 'MimecastInvalidRequest');
  }) as Args;
}
