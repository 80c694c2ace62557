import { canonicalJson, sha256 } from '../database/canonical.js';
import { lockConnection } from '../database/connection-row.js';
import type { Database, Queryable } from '../database/database.js';
import { gatherFacts } from './gather-facts.js';
import { append } from '../log/append.js';
import { BEGINNING, FOREVER } from '../database/sql.js';
import type { Evaluation, StoredEvaluation, EvaluationHeadline } from '../../model/verdicts.js';
import type { MomentRange } from '../../model/time-ranges.js';
import type { Facts } from '../../model/facts.js';
import { defined } from '../../model/json.js';

/** The records of verdicts. */
export interface Evaluations {
  /**
   * Returns everything that the controls evaluate, as of one moment, or `undefined` when there is no such connection.
   *
   * @param at by default the database's time
   */
  facts(connectionId: string, at?: Date): Promise<Facts | undefined>;
  /** Stores a record. The same evaluation again stores nothing. */
  record(evaluation: Evaluation): Promise<StoredEvaluation>;
  /** Returns the newest record, or `undefined` before the first. */
  latest(connectionId: string): Promise<StoredEvaluation | undefined>;
  /** Returns the record that was in force at a moment. */
  at(connectionId: string, moment: Date): Promise<StoredEvaluation | undefined>;
  /** Returns records in the order in which they were made, with constant memory. */
  list(connectionId: string, range?: MomentRange): AsyncIterable<StoredEvaluation>;
  /** Returns a summary of the newest record. */
  headline(connectionId: string): Promise<EvaluationHeadline | undefined>;
  /** Returns a summary of the newest record of every connection that has one, by id. */
  headlines(): Promise<ReadonlyMap<string, EvaluationHeadline>>;
}

/** Records read at a time: each has about ten kilobytes. */
const BATCH = 100;

export function createEvaluations(db: Database): Evaluations {
  return {
    facts: (connectionId, moment) => gatherFacts(db, connectionId, moment),
    record: (evaluation) => db.transaction((client) => record(client, evaluation)),
    latest: (connectionId) => at(db, connectionId, FOREVER, 'log_sequence desc'),
    // 0.3.0 judged side by side, and stored some records after later ones.
    at: (connectionId, moment) => at(db, connectionId, moment, 'evaluated_at desc, log_sequence desc'),
    list: (connectionId, range) => list(db, connectionId, range),
    headline: async (connectionId) => (await headlines(db, connectionId)).get(connectionId),
    headlines: () => headlines(db, null),
  };
}

interface EvaluationRecord {
  readonly log_sequence: string;
  readonly evaluated_at: Date;
  readonly body: string;
}

async function record(client: Queryable, evaluation: Evaluation): Promise<StoredEvaluation> {
  const { connectionId, at: evaluatedAt, summary, changes } = evaluation;
  await lockConnection(client, connectionId);
  const body = canonicalJson(evaluation);
  const digest = sha256(body);
  const same = await newestIfSame(client, connectionId, digest);
  if (same) return same;

  const sequence = await append(client, connectionId, 'evaluation', {
    at: evaluatedAt,
    cause: evaluation.cause,
    summary,
    changes,
    digest: digest.toString('hex'),
  });
  await client.query({
    text: `
      insert into mimecast.evaluations (connection_id, log_sequence, evaluated_at, sha256, body, headline)
      values ($1, $2, $3, $4, $5, $6)`,
    values: [connectionId, sequence, evaluatedAt, digest, body, JSON.stringify(headlineOf(evaluation))],
  });
  return { ...evaluation, sequence: Number(sequence) };
}

/** Returns the newest record if it is the same evaluation: a retry after a lost answer. */
async function newestIfSame(
  client: Queryable,
  connectionId: string,
  digest: Buffer,
): Promise<StoredEvaluation | undefined> {
  const [newest] = await client.query<EvaluationRecord & { sha256: Buffer }>({
    text: `
      select log_sequence::text, evaluated_at, body, sha256 from mimecast.evaluations
       where connection_id = $1 and body is not null order by log_sequence desc limit 1`,
    values: [connectionId],
  });
  return newest?.sha256.equals(digest) ? toEvaluation(newest) : undefined;
}

async function at(
  client: Queryable,
  connectionId: string,
  moment: Date,
  order: 'log_sequence desc' | 'evaluated_at desc, log_sequence desc',
): Promise<StoredEvaluation | undefined> {
  const [found] = await client.query<EvaluationRecord>({
    text: `
      select log_sequence::text, evaluated_at, body from mimecast.evaluations
       where connection_id = $1 and evaluated_at <= $2 and body is not null order by ${order} limit 1`,
    values: [connectionId, moment],
  });
  return found && toEvaluation(found);
}

async function* list(
  db: Database,
  connectionId: string,
  { from = BEGINNING, to = FOREVER }: MomentRange = {},
): AsyncGenerator<StoredEvaluation> {
  let after = '0';
  for (;;) {
    const batch: EvaluationRecord[] = await db.query<EvaluationRecord>({
      text: `
        select log_sequence::text, evaluated_at, body from mimecast.evaluations
         where connection_id = $1 and log_sequence > $3::bigint and evaluated_at >= $2 and evaluated_at < $4
           and body is not null
         order by log_sequence limit ${BATCH}`,
      values: [connectionId, from, after, to],
    });
    for (const found of batch) yield toEvaluation(found);
    const last = batch.at(-1);
    if (last === undefined || batch.length < BATCH) return;
    after = last.log_sequence;
  }
}

/** Uses the key of the table, one step per connection. */
async function headlines(
  client: Queryable,
  connectionId: string | null,
): Promise<ReadonlyMap<string, EvaluationHeadline>> {
  const records = await client.query<{ connection_id: string; log_sequence: string; headline: EvaluationHeadline }>({
    text: `
      select newest.connection_id, newest.log_sequence::text, newest.headline
        from mimecast.connections c
       cross join lateral (select connection_id, log_sequence, headline from mimecast.evaluations e
                            where e.connection_id = c.connection_id order by log_sequence desc limit 1) newest
       where $1::text is null or c.connection_id = $1`,
    values: [connectionId],
  });
  return new Map(
    records.map(({ connection_id: id, log_sequence: sequence, headline }) => [
      id,
      { ...headline, sequence: Number(sequence) },
    ]),
  );
}

function headlineOf({ at: evaluatedAt, summary, bySubject, controls, turnsAt }: Evaluation): EvaluationHeadline {
  const failing = controls.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);
  return defined({ at: evaluatedAt, summary, bySubject, failing, turnsAt });
}

function toEvaluation({ log_sequence: sequence, body }: EvaluationRecord): StoredEvaluation {
  return { ...(JSON.parse(body) as Evaluation), sequence: Number(sequence) };
}
