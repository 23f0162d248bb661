-- The schema of the queue is made anew, with the jobs in it, when procrastinate or our part of it changes: jobs only
-- repeat what the archive and caom2_ai_uws.job say. Workers of the other version must not be at work meanwhile.
do $$
declare
    alive integer := 0;
begin
    if to_regclass('caom2_ai_queue.procrastinate_workers') is not null then
        select count(*) into alive from caom2_ai_queue.procrastinate_workers
        where last_heartbeat > now() - interval '6 seconds';
    end if;
    if alive > 0 then
        raise exception '% workers of another version are at work: stop caom-ai fingerprint and serve first', alive;
    end if;
end
$$;
drop schema if exists caom2_ai_queue cascade;
create schema caom2_ai_queue;
set local search_path = caom2_ai_queue;  -- procrastinate's script names no schema
