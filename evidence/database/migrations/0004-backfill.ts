/** Windows of backfills, the vendor's count for a window, and an index of the windows that are not complete. */
export const name = '0004-backfill';

export const up = `
-- A backfill has several windows under way, so theirs have a state of their own: "open" stays what it was, one of a stream,
-- also for workers of the release before.
alter table mimecast.windows
  drop constraint windows_kind_check,
  drop constraint windows_state_check,
  add constraint windows_kind_check check (kind in ('scheduled', 'late-events', 'backfill')),
  add constraint windows_state_check check (state in ('open', 'filling', 'complete', 'failed', 'abandoned')),
  add constraint windows_filling_check check (state <> 'filling' or kind = 'backfill'),
  -- rows of the whole window, as the vendor told it last; it does not tell it everywhere
  add column total_count  integer;

-- Whoever opens one looks for windows that overlap it first, one after the other; this is for those who forgot.
create unique index windows_one_filling on mimecast.windows (connection_id, stream, window_start) where state = 'filling';
create index windows_not_complete on mimecast.windows (connection_id, stream) where state in ('open', 'filling', 'failed');
create index windows_other_total on mimecast.windows (connection_id, stream)
  where state = 'complete' and total_count <> events;
`;
