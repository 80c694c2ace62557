import type { Stream } from '../../model/connection.js';
import { readMoment } from '../database/connection-row.js';
import type { Database, Queryable } from '../database/database.js';
import { append } from '../log/append.js';
import type { PollOutcome } from '../../model/outcomes.js';
import { notNull } from '../../model/json.js';

/** Records of ended polls. */
export interface Polls {
  /** Records how a poll ended. */
  record(poll: FinishedPoll): Promise<void>;
  /** Records that a poll was ended from outside. A poll that has recorded its own end keeps it. */
  recordInterrupted(poll: Omit<FinishedPoll, 'finishedAt' | 'outcome' | 'error'>): Promise<void>;
  /** Returns the newest finished poll of each stream. */
  latest(connectionId: string): Promise<FinishedPoll[]>;
}

/** Record of one ended poll of a stream. */
export interface FinishedPoll {
  readonly connectionId: string;
  readonly stream: Stream;
  readonly workflowId: string;
  readonly runId: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly outcome: PollOutcome;
  /** First line of the failure. */
  readonly error?: string;
  readonly pages?: number;
  readonly events?: number;
  readonly newEvents?: number;
}

export function createPolls(db: Database): Polls {
  return {
    record: (poll) => db.transaction((client) => record(client, poll)),
    recordInterrupted: (poll) =>
      db.transaction(async (client) => {
        const finishedAt = new Date(await readMoment(client));
        await record(client, { ...poll, finishedAt, outcome: 'interrupted' });
      }),
    latest: (connectionId) => latest(db, connectionId),
  };
}

/** A run ends once: a repeated call changes nothing. The error stays out of the log. */
async function record(client: Queryable, poll: FinishedPoll): Promise<void> {
  const { connectionId, stream, runId, workflowId, outcome, pages, events, newEvents } = poll;
  const recorded = await client.query({
    text: `
      insert into mimecast.polls (connection_id, stream, run_id, workflow_id, started_at, finished_at, outcome, error, pages,
                                  events, new_events)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
      on conflict do nothing returning run_id`,
    values: [
      connectionId,
      stream,
      runId,
      workflowId,
      poll.startedAt,
      poll.finishedAt,
      outcome,
      poll.error ?? null,
      pages ?? null,
      events ?? null,
      newEvents ?? null,
    ],
  });
  if (recorded.length === 0) return;
  await append(client, connectionId, 'poll', {
    stream,
    workflowId,
    runId,
    startedAt: poll.startedAt.toISOString(),
    finishedAt: poll.finishedAt.toISOString(),
    outcome,
    ...(pages !== undefined && { pages, events, newEvents }),
  });
}

interface PollRecord {
  readonly connection_id: string;
  readonly stream: Stream;
  readonly run_id: string;
  readonly workflow_id: string;
  readonly started_at: Date;
  readonly finished_at: Date;
  readonly outcome: PollOutcome;
  readonly error: string | null;
  readonly pages: number | null;
  readonly events: number | null;
  readonly new_events: number | null;
}

async function latest(client: Queryable, connectionId: string): Promise<FinishedPoll[]> {
  const records = await client.query<PollRecord>({
    text: `
      select distinct on (stream) * from mimecast.polls
       where connection_id = $1 order by stream, finished_at desc`,
    values: [connectionId],
  });
  return records.map(toPoll);
}

function toPoll(record: PollRecord): FinishedPoll {
  return notNull({
    connectionId: record.connection_id,
    stream: record.stream,
    workflowId: record.workflow_id,
    runId: record.run_id,
    startedAt: record.started_at,
    finishedAt: record.finished_at,
    outcome: record.outcome,
    error: record.error,
    pages: record.pages,
    events: record.events,
    newEvents: record.new_events,
  });
}
