/** Threat protection statistics: what the protection logs are counted into, and how a row is known to be counted. */
export const name = '0003-statistics';

export const up = `
-- the secret without which row digests mean nothing; destroyed, no digest can be traced to a row again
create table mimecast.row_keys (
  connection_id  text primary key references mimecast.connections,
  key            bytea not null,
  created_at     timestamptz not null default now()
);

-- rows that are counted already: digests alone, for as long as a window can bring the row again
create table mimecast.row_digests (
  connection_id  text not null references mimecast.connections,
  protection     text not null check (protection in ('url', 'attachment', 'impersonation', 'dlp')),
  digest         bytea not null,
  -- end of the window that brought the row
  read_to        timestamptz not null,
  window_id      bigint not null,
  page           integer not null,
  restart        smallint not null,
  primary key (connection_id, protection, digest)
);
create index row_digests_by_window on mimecast.row_digests (connection_id, protection, read_to, window_id);

create table mimecast.daily_statistics (
  connection_id      text not null references mimecast.connections,
  protection         text not null,
  day                date not null,
  route              text not null,
  definition         text not null,
  rows               integer not null,
  -- json, as the settings: kept as it was given
  by_result          json not null,
  by_action          json not null,
  malicious_allowed  integer not null,
  user_overrides     integer not null,
  admin_overrides    integer not null,
  late_rows          integer not null,
  revision           integer not null,
  -- the last window that changed the cell after its day was complete
  revised_by         bigint,
  primary key (connection_id, protection, day, route, definition)
);

-- the rows themselves, for connections whose settings say so
create table mimecast.protection_rows (
  connection_id  text not null references mimecast.connections,
  protection     text not null,
  digest         bytea not null,
  row_time       timestamptz not null,
  window_id      bigint not null,
  page           integer not null,
  restart        smallint not null,
  sha256         bytea not null,
  -- an erased row keeps its place and its digest, and names the entry of the log that erased it
  body           text,
  erased_by      bigint,
  primary key (connection_id, protection, digest),
  check ((body is null) = (erased_by is not null))
);
create index protection_rows_of_page on mimecast.protection_rows (window_id, restart, page);

-- what each log said last
create table mimecast.protection_logs (
  connection_id  text not null references mimecast.connections,
  protection     text not null,
  outcome        text not null check (outcome in ('collected', 'empty', 'unavailable', 'forbidden', 'failed')),
  observed_at    timestamptz not null,
  permission     text,
  primary key (connection_id, protection)
);
`;
