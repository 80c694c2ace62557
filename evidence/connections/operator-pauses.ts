import type { ConnectionRow, Stream } from '../../model/connection.js';
import { lockConnection, lockLiveConnection, readMoment } from '../database/connection-row.js';
import type { Queryable } from '../database/database.js';
import { append, requestedBy } from '../log/append.js';
import { operatorsNote, pauseByOperator, withoutOperators } from './pauses.js';

/** Pauses streams for the operator. Streams that are already paused with the same note keep their start. */
export async function pause(
  client: Queryable,
  connectionId: string,
  streams: readonly Stream[],
  note: string,
  actor?: string | null,
): Promise<ConnectionRow> {
  const row = await lockLiveConnection(client, connectionId);
  const paused = unique(streams).filter((stream) => operatorsNote(row.pauses, stream) !== note);
  if (paused.length === 0) return row;

  const pauses = pauseByOperator(row.pauses, paused, { by: 'operator', note, since: await readMoment(client) });
  await writePauses(client, connectionId, pauses);
  await append(client, connectionId, 'paused', { streams: paused, note, ...requestedBy(actor) });
  return lockConnection(client, connectionId);
}

export async function resume(
  client: Queryable,
  connectionId: string,
  streams: readonly Stream[],
  actor?: string | null,
): Promise<ConnectionRow> {
  const row = await lockLiveConnection(client, connectionId);
  const resumed = unique(streams).filter((stream) => operatorsNote(row.pauses, stream) !== undefined);
  if (resumed.length === 0) return row;

  await writePauses(client, connectionId, withoutOperators(row.pauses, resumed));
  await append(client, connectionId, 'resumed', { streams: resumed, ...requestedBy(actor) });
  return lockConnection(client, connectionId);
}

const unique = (streams: readonly Stream[]): Stream[] => [...new Set(streams)];

async function writePauses(client: Queryable, connectionId: string, pauses: ConnectionRow['pauses']): Promise<void> {
  await client.query({
    text: 'update mimecast.connections set pauses = $2, updated_at = now() where connection_id = $1',
    values: [connectionId, JSON.stringify(pauses)],
  });
}
