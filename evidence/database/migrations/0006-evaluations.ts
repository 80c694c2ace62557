/** Verdicts as stored records, what people say beside them, and what verdicts need to know of keys and settings. */
export const name = '0006-evaluations';

export const up = `
create table mimecast.evaluations (
  connection_id  text not null references mimecast.connections,
  log_sequence   bigint not null,
  evaluated_at   timestamptz not null,
  sha256         bytea not null,
  -- canonical JSON, as it was hashed; erased, its place and its digest stay
  body           text,
  erased_by      bigint,
  -- the body in short, for whoever looks at many connections
  headline       json not null,
  primary key (connection_id, log_sequence),
  check ((body is null) = (erased_by is not null))
);
create index evaluations_by_time on mimecast.evaluations (connection_id, evaluated_at, log_sequence);

create table mimecast.annotations (
  connection_id  text not null references mimecast.connections,
  annotation_id  text not null,
  control_id     text not null,
  kind           text not null check (kind in ('not-applicable', 'accepted-risk', 'attestation')),
  owner          text not null,
  reason         text not null,
  file_name      text,
  file_sha256    bytea,
  created_at     timestamptz not null,
  expires_at     timestamptz not null check (expires_at > created_at),
  withdrawn_at   timestamptz,
  check ((file_sha256 is not null) = (kind = 'attestation')),
  check ((file_sha256 is null) = (file_name is null)),
  primary key (connection_id, annotation_id)
);

-- of keys that were stored before nobody knows whether their date was given
alter table mimecast.credentials
  add column issue_date_known  boolean not null default false;

alter table mimecast.connections
  add column settings_changed_at  timestamptz not null default now();
`;
