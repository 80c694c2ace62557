import type { Stream } from '../model/connection.js';

/** A connection's id: chosen by the caller, part of workflow and schedule ids. */
export const CONNECTION_ID = /^[a-z0-9][a-z0-9-]{0,62}$/;

export const connectionWorkflowId = (connectionId: string): string => `mimecast/${connectionId}`;

/** Id of the schedule of a stream, and the first part of the ids of the runs that it starts. */
export const pollScheduleId = (connectionId: string, stream: Stream): string => `mimecast/${connectionId}/${stream}`;

/** One id for all backfills of a connection, so that it has at most one at a time. */
export const backfillWorkflowId = (connectionId: string): string => `mimecast/${connectionId}/backfill`;
