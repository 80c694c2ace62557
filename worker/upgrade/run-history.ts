import type { temporal } from '@temporalio/proto';
import { credentialsRotated } from '../../contract/messages.js';

// The facts that an upgrade reads from the history of a run. Pure.

type Events = readonly temporal.api.history.v1.IHistoryEvent[];

/** A message that announced new keys, as the run received it. */
export interface Announcement {
  readonly eventId: string;
  readonly input: temporal.api.common.v1.IPayloads | null | undefined;
  readonly header: temporal.api.common.v1.IHeader | null | undefined;
}

/** Returns true when no worker has completed a step of the run: it has no work to lose, and no step of another release. */
export function isUntouched(events: Events): boolean {
  return !events.some(({ workflowTaskCompletedEventAttributes: completed }) => completed);
}

/** The announcements of new keys that a run received, in order. */
export function announcementsIn(events: Events): Announcement[] {
  return events.flatMap(({ eventId, workflowExecutionSignaledEventAttributes: signal }) =>
    signal?.signalName === credentialsRotated.name
      ? [{ eventId: String(eventId), input: signal.input, header: signal.header }]
      : [],
  );
}

/** Names of the updates that a run had accepted and not completed, in order: their senders get an error. */
export function unansweredUpdates(events: Events): string[] {
  const answered = new Set(
    events.map(({ workflowExecutionUpdateCompletedEventAttributes: completed }) => completed?.meta?.updateId),
  );
  return events.flatMap(({ workflowExecutionUpdateAcceptedEventAttributes: accepted }) => {
    const request = accepted?.acceptedRequest;
    return request && !answered.has(request.meta?.updateId) ? [request.input?.name ?? 'update'] : [];
  });
}

/** Returns the input of a run. */
export function startInput(events: Events): temporal.api.common.v1.IPayloads | null | undefined {
  return events[0]?.workflowExecutionStartedEventAttributes?.input;
}
