import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { MimecastActivities } from '../contract/activities.js';
import { DAY_MS, HOUR_MS } from '../model/time.js';

const HEARTBEAT_TIMEOUT = '20 s';

/**
 * Longest time of a collecting activity over all its attempts. There is no maximum of attempts: a vendor's outage
 * is waited out, and what is not collected within this time is collected by the next poll.
 */
const COLLECT_TIMEOUT_MS = 4 * HOUR_MS;

/** Calls to Mimecast that collect evidence. */
export const collecting = proxyActivities<MimecastActivities>({
  startToCloseTimeout: '5 min',
  scheduleToCloseTimeout: COLLECT_TIMEOUT_MS,
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '2 min' },
  priority: { priorityKey: 3 },
});

/** A backfill may have months to read; an outage at the vendor is waited out for longer than a poll does. */
const BACKFILL_TIMEOUT_MS = DAY_MS;

/** Calls to Mimecast that make up for what is missing: behind everything else. */
export const backfilling = proxyActivities<MimecastActivities>({
  startToCloseTimeout: '5 min',
  scheduleToCloseTimeout: BACKFILL_TIMEOUT_MS,
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '2 min' },
  priority: { priorityKey: 5 },
});

/** Calls to Mimecast that somebody waits for: one attempt answers, whatever it finds. */
export const probing = proxyActivities<MimecastActivities>({
  startToCloseTimeout: '60 s',
  scheduleToCloseTimeout: '100 s',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '500 ms', maximumInterval: '10 s' },
  priority: { priorityKey: 1 },
});

/** Reads and writes of Postgres and of the Temporal server. Short, and tried again until they work. */
export const keeping = proxyActivities<MimecastActivities>({
  startToCloseTimeout: '60 s',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '200 ms', backoffCoefficient: 2, maximumInterval: '30 s' },
  priority: { priorityKey: 2 },
});

/** Daily maintenance, for which no caller waits. The next attempt does what an attempt has left. */
export const tidying = proxyActivities<MimecastActivities>({
  startToCloseTimeout: '90 s',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '10 s', maximumInterval: '2 min' },
  priority: { priorityKey: 5 },
});
