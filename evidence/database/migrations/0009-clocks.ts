/** The time of each log's newest entry, and the calls whose keys Mimecast refused. */
export const name = '0009-clocks';

export const up = `
-- the time of the newest entry: the next one is never before it
alter table mimecast.log_heads add column at timestamptz;
update mimecast.log_heads h
   set at = (l.record::json ->> 'at')::timestamptz
  from mimecast.log l
 where l.connection_id = h.connection_id and l.sequence = h.sequence;

-- calls whose keys were refused, and calls under way that may be: the limit for a connection counts both
create table mimecast.refused_calls (
  call_id        bigint generated always as identity primary key,
  -- no foreign key: a call must not wait for a lock on the connection's row
  connection_id  text not null,
  at             timestamptz not null default clock_timestamp(),
  refused        boolean not null default false
);
create index refused_calls_by_connection on mimecast.refused_calls (connection_id, at);
`;
