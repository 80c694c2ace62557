import { eraser } from './eraser.js';

/** A record has some ten kilobytes. */
const BATCH = 100;

interface Candidate {
  readonly sequence: string;
  readonly sha256: Buffer;
  readonly body: string;
}

/** Erases records of verdicts. Their counts, place and digest stay. */
export const eraseVerdicts = eraser<Candidate, Candidate>({
  what: 'verdicts',
  batchSize: BATCH,

  candidates: ({ client, connectionId, rule }, after) =>
    client.query<Candidate>({
      text: `
        select log_sequence::text as sequence, sha256, body from mimecast.evaluations
         where connection_id = $1 and log_sequence > $2 and evaluated_at < $3 and erased_by is null
         order by log_sequence limit ${BATCH} for update`,
      values: [connectionId, after?.sequence ?? '0', rule.before ?? 'infinity'],
    }),

  items: (_batch, chosen) => chosen,

  async blank({ client, connectionId }, records, sequence) {
    await client.query({
      text: `
        update mimecast.evaluations set body = null, erased_by = $3
         where connection_id = $1 and log_sequence = any($2::bigint[])`,
      values: [connectionId, records.map((record) => record.sequence), sequence],
    });
  },
});
