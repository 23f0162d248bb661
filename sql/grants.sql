-- Who may do what; re-applied after every change. The query role reads views and TAP_SCHEMA, and calls functions.
grant usage on schema caom2_ai, caom2_ai_view, tap_schema to caomai_query, caomai_ingest;
grant select on all tables in schema caom2_ai_view, tap_schema to caomai_query, caomai_ingest;

grant select, insert, update, delete, truncate on all tables in schema caom2_ai to caomai_ingest;
revoke insert, update, delete, truncate on caom2_ai.schema_version from caomai_ingest;
grant usage on all sequences in schema caom2_ai to caomai_ingest;

grant usage on schema caom2_ai_queue to caomai_ingest;
grant select, insert, update, delete on all tables in schema caom2_ai_queue to caomai_ingest;
grant usage on all sequences in schema caom2_ai_queue to caomai_ingest;
grant usage, create on schema caom2_ai_uws, tap_upload to caomai_ingest;

do $$
begin
    if (select nspowner = 'caomai_owner'::regrole from pg_namespace where nspname = 'caom2') then
        grant usage on schema caom2 to caomai_ingest;
        grant select, insert, update, delete on all tables in schema caom2 to caomai_ingest;
    end if;
end
$$;
