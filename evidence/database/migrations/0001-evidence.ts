/** Connections, the completeness ledger, the evidence itself, and the hash-chained log over all of it. */
export const name = '0001-evidence';

export const up = `
create table mimecast.namespace (
  only_row    boolean primary key default true check (only_row),
  name        text not null,
  claimed_at  timestamptz not null default now()
);

create table mimecast.connections (
  connection_id   text primary key check (connection_id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  generation      integer not null default 1,
  state           text not null check (state in ('connected', 'refused', 'disconnecting', 'disconnected')),
  -- json, not jsonb: kept as it was given, whatever characters it holds
  settings        json not null,
  pauses          json not null default '{}',
  account_code    text,
  account_name    text,
  active_version  integer,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now()
);

create table mimecast.credentials (
  connection_id  text not null references mimecast.connections,
  version        integer not null,
  state          text not null check (state in ('pending', 'active', 'retired', 'rejected')),
  sealed         text,
  sealed_digest  bytea not null,
  kid            text not null,
  issued_at      timestamptz not null,
  accepted_at    timestamptz,
  primary key (connection_id, version),
  -- keys that are no longer in use are gone, whoever forgot to delete them
  check ((sealed is not null) = (state in ('pending', 'active')))
);
create unique index credentials_one_active on mimecast.credentials (connection_id) where state = 'active';

-- the log: the head row hands out the sequence, so that entries never collide and none is missing
create table mimecast.log_heads (
  connection_id  text primary key references mimecast.connections,
  sequence       bigint not null,
  hash           bytea not null
);
create table mimecast.log (
  connection_id  text not null,
  sequence       bigint not null,
  hash           bytea not null,
  record         text not null,
  primary key (connection_id, sequence)
);

create table mimecast.windows (
  window_id      bigint generated always as identity primary key,
  connection_id  text not null references mimecast.connections,
  stream         text not null,
  kind           text not null check (kind in ('scheduled', 'late-events')),
  window_start   timestamptz not null,
  window_end     timestamptz not null check (window_end > window_start),
  state          text not null default 'open' check (state in ('open', 'complete', 'failed', 'abandoned')),
  epoch          integer not null default 0,
  pages          integer not null default 0,
  events         integer not null default 0,
  page_token     text,
  restarts       smallint not null default 0,
  run_id         text,
  opened_at      timestamptz not null default now(),
  finished_at    timestamptz
);
create unique index windows_one_open on mimecast.windows (connection_id, stream) where state = 'open';
create index windows_complete on mimecast.windows (connection_id, stream, kind, window_end) where state = 'complete';

-- the pages of a window; where each came from and what it digests to is in its log entry
create table mimecast.pages (
  window_id     bigint not null references mimecast.windows,
  restart       smallint not null,
  page          integer not null,
  run_id        text,
  events        integer not null,
  new_events    integer not null,
  token_digest  bytea,
  log_sequence  bigint not null,
  primary key (window_id, restart, page)
);
create unique index pages_token_once on mimecast.pages (window_id, restart, token_digest);
create index pages_of_run on mimecast.pages (run_id);

create table mimecast.gaps (
  connection_id  text not null references mimecast.connections,
  stream         text not null,
  gap_start      timestamptz not null,
  gap_end        timestamptz not null check (gap_end > gap_start),
  cause          text not null check (cause in ('look-back')),
  primary key (connection_id, stream, gap_start)
);

-- fixed-width columns first: no padding between them
create table mimecast.audit_events (
  event_time     timestamptz not null,
  window_id      bigint not null,
  page           integer not null,
  restart        smallint not null,
  connection_id  text not null,
  id_hash        bytea not null,
  event_type     text not null,
  category       text not null,
  user_name      text not null,
  sha256         bytea not null,
  body           text not null,
  primary key (connection_id, event_time, id_hash)
);

create table mimecast.bodies (
  connection_id  text not null references mimecast.connections,
  sha256         bytea not null,
  body           text not null,
  primary key (connection_id, sha256)
);

create table mimecast.observations (
  observation_id  bigint generated always as identity primary key,
  connection_id   text not null references mimecast.connections,
  stream          text not null,
  endpoint        text not null,
  outcome         text not null check (outcome in ('collected', 'empty', 'unavailable', 'forbidden', 'failed')),
  observed_at     timestamptz not null,
  items           integer,
  sha256          bytea,
  dropped_fields  text[] not null,
  error           text,
  provenance      json,
  run_id          text not null,
  log_sequence    bigint not null,
  foreign key (connection_id, sha256) references mimecast.bodies,
  check ((sha256 is not null) = (outcome in ('collected', 'empty')))
);
create index observations_by_endpoint on mimecast.observations (connection_id, endpoint, observation_id);

create table mimecast.polls (
  connection_id  text not null references mimecast.connections,
  stream         text not null,
  run_id         text not null,
  workflow_id    text not null,
  started_at     timestamptz not null,
  finished_at    timestamptz not null,
  outcome        text not null,
  error          text,
  pages          integer,
  events         integer,
  new_events     integer,
  primary key (connection_id, stream, run_id)
);
create index polls_by_time on mimecast.polls (connection_id, stream, finished_at);
`;
