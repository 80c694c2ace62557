import type { temporal } from '@temporalio/proto';
import { expect, test } from 'vitest';
import { announcementsIn, isUntouched, startInput, unansweredUpdates } from '../../../../worker/upgrade/run-history.js';

type Event = temporal.api.history.v1.IHistoryEvent;

const payloads = (text: string) => ({ payloads: [{ data: Buffer.from(text) }] });
const started: Event = { workflowExecutionStartedEventAttributes: { input: payloads('input') } };
const scheduled: Event = { workflowTaskScheduledEventAttributes: {} };
const begun: Event = { workflowTaskStartedEventAttributes: {} };
const failed: Event = { workflowTaskFailedEventAttributes: {} };
const completed: Event = { workflowTaskCompletedEventAttributes: {} };
const signal = (signalName: string, text: string): Event => ({
  workflowExecutionSignaledEventAttributes: { signalName, input: payloads(text), header: { fields: {} } },
});
const accepted = (updateId: string, name: string): Event => ({
  workflowExecutionUpdateAcceptedEventAttributes: { acceptedRequest: { meta: { updateId }, input: { name } } },
});
const answered = (updateId: string): Event => ({
  workflowExecutionUpdateCompletedEventAttributes: { meta: { updateId } },
});
const numbered = (events: readonly Event[]) =>
  // Only what is printed of the number counts here.
  events.map((event, index) => ({ ...event, eventId: (index + 1) as unknown as Event['eventId'] })) as Event[];

test.each<[string, readonly Event[], boolean]>([
  ['that was just started', [started, scheduled], true],
  ['that received messages', [started, scheduled, signal('credentialsRotated', 'a')], true],
  ['whose first step was begun, or failed', [started, scheduled, begun, failed, scheduled, begun], true],
  ['whose first step was completed', [started, scheduled, begun, completed], false],
])('whether a worker has touched a run %s', (_, events, expected) => {
  expect(isUntouched(events)).toBe(expected);
});

test('announcements of new keys are found in order, with what they carry, and no other signal', () => {
  const events = numbered([
    started,
    signal('credentialsRotated', 'first'),
    signal('keysRefused', 'x'),
    signal('postureTurned', 'x'),
    completed,
    signal('credentialsRotated', 'second'),
  ]);
  expect(announcementsIn(events)).toEqual([
    { eventId: '2', input: payloads('first'), header: { fields: {} } },
    { eventId: '6', input: payloads('second'), header: { fields: {} } },
  ]);
});

test('updates that were accepted and not answered are named in order', () => {
  const events = [started, accepted('1', 'pause'), accepted('2', 'pollNow'), answered('1'), accepted('3', 'resume')];
  expect(unansweredUpdates(events)).toEqual(['pollNow', 'resume']);
  expect(unansweredUpdates([...events, answered('3'), answered('2')])).toEqual([]);
});

test('what a run was started with is in its first event', () => {
  expect(startInput([started, scheduled])).toEqual(payloads('input'));
  expect(startInput([])).toBeUndefined();
});
