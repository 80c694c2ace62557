/** Upgrade by restart: the version of each connection's workflow, and the id of the Temporal namespace. */
export const name = '0008-upgrade';

/**
 * 0 is older than every version, so that connections of earlier releases, and those that a worker of theirs may still save, are
 * restarted. Those workers compare the namespace's `name` with their own namespace when they start: it becomes a sentence that
 * equals none and says why, and the name moves to a column of its own.
 */
export const up = `
alter table mimecast.connections
  add column workflow_version  integer not null default 0;

alter table mimecast.namespace
  add column namespace_name  text,
  add column namespace_id    text;

insert into mimecast.namespace (name) values ('') on conflict do nothing;
update mimecast.namespace
   set namespace_name = nullif(name, ''),
       name = concat_ws(' ', nullif(name, ''), '(upgraded: needs temporal-mimecast 0.4.0 or newer)');
`;
