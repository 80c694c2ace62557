import { eraser } from './eraser.js';

const BATCH = 1000;

/** Identified by the log entry of the page that brought a row, and the row's digest within it. */
interface Candidate {
  readonly logSequence: string;
  readonly digest: Buffer;
  readonly sha256: Buffer;
  readonly erased: boolean;
  readonly body: string | null;
}

/**
 * Erases rows of protection logs, of connections that keep them. The counts made from them stay, and name no person. The row
 * itself stays without its body, so that the rest of its page can be proved.
 */
export const eraseRows = eraser<Candidate, Candidate>({
  what: 'rows',
  batchSize: BATCH,

  // Erased rows are read too: if they were skipped, each later batch would have to skip more of them.
  candidates: ({ client, connectionId, rule }, after) =>
    client.query<Candidate>({
      text: `
        select p.log_sequence::text as "logSequence", r.digest, r.sha256, r.erased_by is not null as erased, r.body
          from mimecast.protection_rows r
          join mimecast.pages p using (window_id, restart, page)
         where r.connection_id = $1 and (p.log_sequence, r.digest) > ($2::bigint, $3::bytea) and r.row_time < $4
         order by p.log_sequence, r.digest limit ${BATCH} for update of r`,
      values: [connectionId, after?.logSequence ?? '0', after?.digest ?? Buffer.alloc(0), rule.before ?? 'infinity'],
    }),

  items: (_batch, chosen) => chosen,

  async blank({ client, connectionId }, rows, sequence) {
    await client.query({
      text: `
        update mimecast.protection_rows set body = null, erased_by = $3
         where connection_id = $1 and digest = any($2::bytea[])`,
      values: [connectionId, rows.map(({ digest }) => digest), sequence],
    });
  },
});
