-- Views and functions are made anew as one whole whenever one of them changes; tables never depend on them, and a function that an
-- index is made of comes with its migration and stays.
do $$
declare
    list text;
begin
    select string_agg(format('%s', p.oid::regprocedure), ', ') into list
    from pg_proc p
    where p.pronamespace = 'caom2_ai'::regnamespace and not exists (
        select from pg_depend d
        where d.refclassid = 'pg_proc'::regclass and d.refobjid = p.oid and d.classid = 'pg_class'::regclass
    );
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
