-- Views and functions are made anew as one whole whenever one of them changes; tables and indexes never depend on them.
do $$
declare
    list text;
begin
    select string_agg(format('%s', p.oid::regprocedure), ', ') into list
    from pg_proc p where p.pronamespace = 'caom2_ai'::regnamespace;
    if list is not null then
        execute 'drop function ' || list;
    end if;
    select string_agg(format('%I.%I', n.nspname, c.relname), ', ') into list
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('caom2_ai', 'caom2_ai_view') and c.relkind = 'v';
    if list is not null then
        execute 'drop view ' || list;
    end if;
end
$$;
