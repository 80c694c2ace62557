/** Erasing by rule, telling a change of content from a change of ids, and the checkpoints that were made. */
export const name = '0007-proof';

export const up = `
-- an erased row keeps its place and its digest, and names the entry of the log that erased it
alter table mimecast.audit_events
  alter column body drop not null,
  add column erased_by  bigint,
  add constraint audit_events_body_or_erased check ((body is null) = (erased_by is not null)) not valid;

-- no foreign key to the body any more: it goes when the last observation that may show it is erased
alter table mimecast.observations
  drop constraint observations_connection_id_sha256_fkey,
  add column erased_by       bigint,
  add column content_sha256  bytea;

-- both ways by which bodies are found: from their entry in the log, and from their digest
create unique index observations_by_entry on mimecast.observations (connection_id, log_sequence);
create index observations_by_body on mimecast.observations (connection_id, sha256) where sha256 is not null;

-- the newest of each connection, and what became of the newest attempt
create table mimecast.checkpoints (
  connection_id  text primary key references mimecast.connections,
  sequence       bigint,
  made_at        timestamptz,
  kid            text,
  tried_at       timestamptz not null,
  failure        text,
  check ((sequence is null) = (made_at is null) and (made_at is null) = (kid is null))
);
`;
