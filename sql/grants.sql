-- Who may do what; re-applied after every change. The query role reads views and TAP_SCHEMA, and calls functions.
grant usage on schema caom2_ai, caom2_ai_view to caomai_query, caomai_ingest;
grant select on all tables in schema caom2_ai_view to caomai_query, caomai_ingest;

grant select, insert, update, delete, truncate on all tables in schema caom2_ai to caomai_ingest;
revoke insert, update, delete, truncate on caom2_ai.schema_version from caomai_ingest;
grant usage on all sequences in schema caom2_ai to caomai_ingest;

grant usage on schema caom2_ai_queue to caomai_ingest;
grant select, insert, update, delete on all tables in schema caom2_ai_queue to caomai_ingest;
grant usage on all sequences in schema caom2_ai_queue to caomai_ingest;
grant usage, create on schema tap_upload to caomai_ingest;

-- The service keeps the jobs of its users, and hands them to itself through the queue; it reads no archive. Of the schema it may
-- call what is granted to it alone (give_label, use_picture).
grant usage on schema caom2_ai to caomai_service;
grant usage on schema caom2_ai_uws, caom2_ai_queue to caomai_service;
grant select, insert, update, delete on all tables in schema caom2_ai_uws to caomai_service;
grant select, insert, update, delete on all tables in schema caom2_ai_queue to caomai_service;
revoke all on caom2_ai_queue.feed from caomai_service;
revoke insert, update, delete on caom2_ai_queue.describer from caomai_service;
grant usage on all sequences in schema caom2_ai_queue to caomai_service;

do $$
begin
    if (select nspowner = 'caomai_owner'::regrole from pg_namespace where nspname = 'caom2') then
        grant usage on schema caom2 to caomai_ingest;
        grant select, insert, update, delete on all tables in schema caom2 to caomai_ingest;
    end if;
    if (select nspowner = 'caomai_owner'::regrole from pg_namespace where nspname = 'tap_schema') then
        grant usage on schema tap_schema to caomai_query, caomai_ingest;
        grant select on all tables in schema tap_schema to caomai_query, caomai_ingest;
    end if;
end
$$;
