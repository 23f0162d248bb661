-- In the embedded database every role logs in by itself over the private socket.
do $$
declare
    name text;
begin
    foreach name in array array['caomai_owner', 'caomai_ingest', 'caomai_query', 'caomai_service'] loop
        if not exists (select from pg_roles where rolname = name) then
            execute format('create role %I login', name);
        end if;
    end loop;
end
$$;
