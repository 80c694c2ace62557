import { fields, once, text } from '../../model/schemas.js';
import { whole } from '../../model/setting-kinds.js';
import { actor, nullish, note, stream, streams, type Accepted } from './fields.js';

const PAUSE_NEEDS = 'A pause needs a note that says why.';

export const pauseRequest = once(() =>
  fields(
    {
      /** All enabled streams when there are none. */
      streams: nullish(streams()),
      /** The reason, shown on the paused schedule. */
      note: note({ needs: PAUSE_NEEDS }),
      actor: nullish(actor()),
    },
    { needs: PAUSE_NEEDS },
  ),
);

export const resumeRequest = once(() =>
  nullish(fields({ streams: nullish(streams()), note: nullish(note()), actor: nullish(actor()) })),
);

export const pollNowRequest = once(() =>
  nullish(
    fields({
      /** All enabled streams when there are none. */
      streams: nullish(streams()),
    }),
  ),
);

/** A poll reports that Mimecast rejected the keys. The connection tests them itself before it pauses anything. */
export const refusedKeys = once(() =>
  fields({
    /** The version of the keys that was rejected. */
    version: whole(0, 2 ** 31 - 1).schema(),
    stream: stream(),
    runId: text(100),
  }),
);

/** Pauses streams, with a reason that other operators read. */
export type PauseRequest = Accepted<typeof pauseRequest>;
/** Resumes streams that are paused. */
export type ResumeRequest = Accepted<typeof resumeRequest>;
/** Starts polls now instead of at their next time. */
export type PollNowRequest = Accepted<typeof pollNowRequest>;
/** Tells a connection that Mimecast refused a version of its keys. */
export type RefusedKeys = Accepted<typeof refusedKeys>;
