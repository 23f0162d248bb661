-- Roles, pgvector, and the record of what was applied. Run by the user who migrates, before everything else; idempotent.
-- The roles do not log in: the operator grants them to log-ins of his own (the embedded database makes them log-ins).
create extension if not exists vector;

do $$
declare
    name text;
    names constant text[] := array['caomai_owner', 'caomai_ingest', 'caomai_query', 'caomai_service'];
    superuser constant boolean := (select rolsuper from pg_roles where rolname = current_user);
begin
    foreach name in array names loop
        if not exists (select from pg_roles where rolname = name) then
            execute format('create role %I', name);
        end if;
        -- Since PostgreSQL 16 the creator of a role may not take it until it is granted to him.
        if not superuser then
            execute format('grant %I to %I', name, current_user);
        end if;
    end loop;
    -- A query may not fill the disk. Only a superuser can say so, and only to a role that logs in.
    if superuser then
        alter role caomai_query set temp_file_limit = '10GB';
    end if;
    execute format('grant create on database %I to caomai_owner', current_database());
    -- Uploaded tables live as long as their query; where PUBLIC may not make temporary tables, this role may.
    execute format('grant temporary on database %I to caomai_query', current_database());
    -- An archive's own tables are read, never changed.
    if to_regnamespace('caom2') is not null
       and (select nspowner <> 'caomai_owner'::regrole from pg_namespace where nspname = 'caom2') then
        grant usage on schema caom2 to caomai_owner, caomai_ingest;
        grant select on caom2.Observation, caom2.Plane, caom2.Artifact, caom2.Part to caomai_owner, caomai_ingest;
    end if;
    -- Its TAP_SCHEMA gets rows; an empty or differently named one gets the tables of the standard.
    if to_regnamespace('tap_schema') is not null
       and (select nspowner <> 'caomai_owner'::regrole from pg_namespace where nspname = 'tap_schema') then
        grant usage on schema tap_schema to caomai_owner, caomai_ingest;
        if to_regclass('tap_schema.tables') is null then
            grant create on schema tap_schema to caomai_owner;
        elsif (select relowner <> 'caomai_owner'::regrole from pg_class where oid = 'tap_schema.tables'::regclass) then
            grant select on tap_schema.schemas, tap_schema.tables, tap_schema.columns, tap_schema.keys,
                tap_schema.key_columns to caomai_ingest;
            grant select, insert, update, delete on tap_schema.schemas, tap_schema.tables, tap_schema.columns,
                tap_schema.keys, tap_schema.key_columns to caomai_owner;
        end if;
    end if;
end
$$;

alter role caomai_query set default_transaction_read_only = on;

create schema if not exists caom2_ai authorization caomai_owner;
set local role caomai_owner;
create table if not exists caom2_ai.schema_version (
    name text primary key,
    number integer,
    sha256 text not null,
    applied_at timestamp not null default (now() at time zone 'UTC')
);
comment on table caom2_ai.schema_version is 'Scripts of sql/ that were applied; number is NULL for those re-applied when they change.';
grant usage on schema caom2_ai to caomai_ingest;
grant select on caom2_ai.schema_version to caomai_ingest;
