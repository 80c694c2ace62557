import { createHash } from 'node:crypto';
import type { Database, Queryable } from './database.js';
import { genesis, readHead, type LogRecord } from './log.js';
import type { LogHead, Verification } from './store.js';
import { brokenObservation, brokenPage } from './verify-bodies.js';

/** Entries read at a time; together with the events of one page this bounds the memory. */
const BATCH = 500;

interface Entry {
  readonly sequence: string;
  readonly hash: Buffer;
  readonly record: string;
}

type Broken = NonNullable<Verification['firstBroken']>;

/**
 * Recomputes a connection's log from its first entry: every link of the chain, and for each page and observation the digests
 * of the bodies that it covers, from the bodies themselves. The hashes are computed here, not by the database that is being
 * verified. Sees the database as it was at one moment, so that polls may go on meanwhile.
 *
 * What is proved are the bodies. The columns beside them are there to find bodies by.
 */
export async function verify(db: Database, connectionId: string): Promise<Verification> {
  return db.transaction(async (client) => {
    await client.query({ text: 'set transaction isolation level repeatable read, read only' });
    await client.query({ text: 'set local statement_timeout = 0' });
    return verifyLog(client, connectionId);
  });
}

async function verifyLog(client: Queryable, connectionId: string): Promise<Verification> {
  const chain = new Chain(connectionId);
  let newEvents = 0;
  const failed = (firstBroken: Broken): Verification => ({
    connectionId,
    ok: false,
    records: chain.length,
    firstBroken,
  });

  for await (const entry of entries(client, connectionId)) {
    const link = chain.follow(entry);
    if (link) return failed(link);

    const { kind, data } = JSON.parse(entry.record) as LogRecord;
    const reason = await brokenBodies(client, connectionId, kind, data);
    if (reason !== undefined) return failed({ sequence: chain.length, kind, reason });
    if (kind === 'page') newEvents += Number(data['newEvents']);
  }

  const end = chain.endsAt(await readHead(client, connectionId)) ?? (await surplus(client, connectionId, newEvents));
  return end ? failed(end) : { connectionId, ok: true, records: chain.length };
}

async function* entries(client: Queryable, connectionId: string): AsyncGenerator<Entry> {
  let after = '0';
  for (;;) {
    const batch = await client.query<Entry>({
      text: `
        select sequence, hash, record from mimecast.log
         where connection_id = $1 and sequence > $2 order by sequence limit ${BATCH}`,
      values: [connectionId, after],
    });
    yield* batch;
    const last = batch.at(-1);
    if (last === undefined || batch.length < BATCH) return;
    after = last.sequence;
  }
}

async function brokenBodies(
  client: Queryable,
  connectionId: string,
  kind: LogRecord['kind'],
  data: LogRecord['data'],
): Promise<string | undefined> {
  if (kind === 'page') return brokenPage(client, connectionId, data);
  if (kind === 'observation') return brokenObservation(client, connectionId, data);
  return undefined;
}

/** Events that claim a page of the log but are none of its, or claim a page that never was. */
async function surplus(client: Queryable, connectionId: string, newEvents: number): Promise<Broken | undefined> {
  const [held] = await client.query<{ count: string }>({
    text: 'select count(*) from mimecast.audit_events where connection_id = $1',
    values: [connectionId],
  });
  const surplusEvents = Number(held?.count ?? 0) - newEvents;
  if (surplusEvents === 0) return undefined;
  const reason = `${surplusEvents} events are held that no page in the log brought`;
  return { sequence: 0, kind: 'events', reason };
}

/** Follows the links; each hash covers the entry's text and the hash before. */
class Chain {
  length = 0;
  private hash: Buffer;

  constructor(connectionId: string) {
    this.hash = genesis(connectionId);
  }

  follow(entry: Entry): Broken | undefined {
    const expected = this.length + 1;
    const sequence = Number(entry.sequence);
    if (sequence !== expected) return missing(expected, `the next entry is ${sequence}`);

    const hash = createHash('sha256').update(this.hash).update(entry.record).digest();
    if (!hash.equals(entry.hash)) {
      return { sequence, kind: 'entry', reason: 'its hash does not follow from its text and the hash before it' };
    }
    this.hash = hash;
    this.length = sequence;
    return undefined;
  }

  endsAt(head: LogHead | undefined): Broken | undefined {
    const sequence = head?.sequence ?? 0;
    if (sequence !== this.length) return missing(this.length + 1, `the head says that there are ${sequence} entries`);
    if (head === undefined || head.hash === this.hash.toString('hex')) return undefined;
    return { sequence, kind: 'head', reason: 'the head is not the hash of the last entry' };
  }
}

function missing(sequence: number, reason: string): Broken {
  return { sequence, kind: 'missing', reason: `entry ${sequence} is missing: ${reason}` };
}
