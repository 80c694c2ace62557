import type { Database, Queryable } from '../database/database.js';
import { readMoment } from '../database/connection-row.js';
import { bundle, type BundleRecord } from './bundle.js';
import { readHead } from '../log/append.js';
import { LogVerifier, type Broken, type Checkpointed, type Verification } from './verifier.js';
import { proofRecords } from './proof-records.js';
import { StatisticsCheck } from './verify-statistics.js';

/** Proves a connection's log, with the database or for a verifier without it. */
export interface Proof {
  /**
   * Recomputes the hash chain and every digest that it covers, and names the first entry that does not match. With the
   * content of a checkpoint, also checks that it lies on the chain: the caller has verified its signature and that it is of
   * this connection.
   */
  verify(connectionId: string, checkpoint?: Checkpointed): Promise<Verification>;
  /**
   * Returns everything that a connection's log is verified from, for a verifier without this database.
   *
   * @throws EvidenceNotFoundError when there is no such connection
   */
  bundle(connectionId: string): AsyncIterable<BundleRecord>;
}

export const createProof = (db: Database): Proof => ({
  verify: (connectionId, checkpoint) => verify(db, connectionId, checkpoint),
  bundle: (connectionId) => bundle(db, connectionId),
});

/**
 * Recomputes a connection's log from its first entry: every link of the chain, and for each page and observation the
 * digests of the bodies that it covers. Reads one snapshot of the database, so that polls may continue.
 *
 * @param checkpoint position of an authentic checkpoint of this connection: it must be on the chain
 */
async function verify(db: Database, connectionId: string, checkpoint?: Checkpointed): Promise<Verification> {
  const verifier = new LogVerifier(connectionId, checkpoint);
  for await (const broken of db.snapshot((client) => problems(client, connectionId, verifier))) {
    return verificationOf(connectionId, verifier, checkpoint, broken);
  }
  return verificationOf(connectionId, verifier, checkpoint);
}

/** Returns the result of a verifier that has read the whole log. */
export function verificationOf(
  connectionId: string,
  { length: records, erased }: LogVerifier,
  checkpoint: Checkpointed | undefined,
  firstBroken?: Broken,
): Verification {
  if (firstBroken) return { connectionId, ok: false, records, firstBroken };
  const hasErased = erased.events + erased.observations + erased.rows + erased.verdicts > 0;
  return {
    connectionId,
    ok: true,
    records,
    ...(hasErased && { erased: { ...erased } }),
    ...(checkpoint && { checkpoint: { sequence: checkpoint.sequence, at: checkpoint.at } }),
  };
}

/** Yields the problems, first in the order of the log. */
async function* problems(client: Queryable, connectionId: string, verifier: LogVerifier): AsyncGenerator<Broken> {
  const statistics = new StatisticsCheck(client, connectionId, new Date(await readMoment(client)));
  for await (const record of proofRecords(client, connectionId)) {
    const broken = verifier.take(record) ?? (await statistics.take(record));
    if (broken) yield broken;
  }
  const end =
    verifier.end(await readHead(client, connectionId)) ??
    (await surplus(client, connectionId, verifier)) ??
    (await statistics.difference());
  if (end) yield end;
}

/**
 * Finds events that claim a page of the log but are not part of it, or a page that never existed; and observations
 * likewise.
 */
async function surplus(
  client: Queryable,
  connectionId: string,
  { events, observations }: LogVerifier,
): Promise<Broken | undefined> {
  const [held] = await client.query<{ events: string; observations: string }>({
    text: `
      select (select count(*) from mimecast.audit_events where connection_id = $1) as events,
             (select count(*) from mimecast.observations where connection_id = $1) as observations`,
    values: [connectionId],
  });
  const surplusEvents = Number(held?.events ?? 0) - events;
  if (surplusEvents !== 0) {
    return { sequence: 0, kind: 'events', reason: `${surplusEvents} events are held that no page in the log brought` };
  }
  const surplusObservations = Number(held?.observations ?? 0) - observations;
  if (surplusObservations === 0) return undefined;
  const reason = `${Math.abs(surplusObservations)} observations are ${surplusObservations > 0 ? 'held that are not in the log' : 'in the log that are not held'}`;
  return { sequence: 0, kind: 'observations', reason };
}
