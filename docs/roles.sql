-- Three roles: mimecast_owner migrates, mimecast_worker runs workers and commands that change something, mimecast_reader reads.
-- Run it in the database before the first "temporal-mimecast migrate", and again after each "migrate"; it can be repeated. It needs a
-- superuser, or an account with CREATEROLE that owns the database. Then give each role a password: \password mimecast_worker

do $$
begin
  if to_regrole('mimecast_owner') is null then create role mimecast_owner login; end if;
  if to_regrole('mimecast_worker') is null then create role mimecast_worker login; end if;
  if to_regrole('mimecast_reader') is null then create role mimecast_reader login; end if;
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant mimecast_owner to %I', current_user);
  end if;
  execute format('grant connect, create on database %I to mimecast_owner', current_database());
  execute format('grant connect on database %I to mimecast_worker, mimecast_reader', current_database());
end
$$;

create schema if not exists mimecast authorization mimecast_owner;

-- Tables that another role created.
do $$
declare
  named text;
begin
  alter schema mimecast owner to mimecast_owner;
  for named in
    select format('%I.%I', schemaname, tablename) from pg_tables
     where schemaname = 'mimecast' and tableowner <> 'mimecast_owner'
  loop
    execute format('alter table %s owner to mimecast_owner', named);
  end loop;
end
$$;

set role mimecast_owner;
grant usage on schema mimecast to mimecast_worker, mimecast_reader;

-- Tables of later migrations.
alter default privileges in schema mimecast grant select, insert, update, delete on tables to mimecast_worker;
alter default privileges in schema mimecast grant select on tables to mimecast_reader;

-- Tables that exist.
grant select, insert, update, delete on all tables in schema mimecast to mimecast_worker;
grant select on all tables in schema mimecast to mimecast_reader;

do $$
begin
  if to_regclass('mimecast.migrations') is null then return; end if;
  -- The log is only appended to, and migrations are the owner's.
  revoke update, delete on mimecast.log from mimecast_worker;
  revoke insert, update, delete on mimecast.migrations from mimecast_worker;
  -- With the key of row digests, guesses about rows can be tested.
  revoke select on mimecast.row_keys from mimecast_reader;
end
$$;

reset role;
