-- name: count_work
-- Artifacts that need work, by scheme.
select scheme, count(*) as artifacts
from caom2_ai_queue.find_work(%(mapID)s, %(modelHash)s, %(share)s::real)
group by scheme;

-- name: count_others
-- Planes that are no images.
select dataProductType as kind, count(*) as planes
from caom2.Plane
where dataProductType is not null and dataProductType <> 'image'
group by dataProductType
order by dataProductType;

-- name: count_waiting
-- Images that failed before and wait for their next try, and when the first of them is tried (UTC).
select count(*) as images, min(nextTry) as first
from caom2_ai.failure
where modelHash = %(modelHash)s and status = 'failed' and nextTry > now() at time zone 'UTC';

-- name: count_lacking
-- Images whose objects have no vectors, or those of a smaller share than is wanted now.
select count(distinct uri) as images
from caom2_ai_queue.find_lacking(%(mapID)s, %(modelHash)s, %(share)s::real);

-- name: lock_feed
-- One worker at a time feeds the queue.
select pg_try_advisory_xact_lock(hashtextextended('caom2_ai_queue feed ' || %(queue)s, 0)) as locked;

-- name: count_jobs
-- Jobs that wait and jobs in hand.
select count(*) filter (where status = 'todo') as waiting, count(*) filter (where status = 'doing') as doing
from caom2_ai_queue.procrastinate_jobs
where queue_name = %(queue)s and status in ('todo', 'doing');

-- name: find_position
-- How far the archive has been looked through.
select position from caom2_ai_queue.feed where queue = %(queue)s;

-- name: save_position
-- How far the archive has been looked through; '' begins anew.
insert into caom2_ai_queue.feed (queue, position) values (%(queue)s, %(position)s)
on conflict (queue) do update set position = excluded.position;

-- name: find_next
-- The next artifacts that need work, in no job yet, in the order of their URIs.
with queued as materialized (
    select jsonb_array_elements_text(args -> 'artifacts') as uri
    from caom2_ai_queue.procrastinate_jobs
    where status in ('todo', 'doing') and queue_name = any(%(queues)s)
)
select uri
from caom2_ai_queue.find_work(%(mapID)s, %(modelHash)s, %(share)s::real)
where uri > %(position)s and scheme = any(%(schemes)s) and uri not in (select uri from queued)
order by uri
limit %(limit)s;

-- name: claim
-- Those of a job's artifacts that still need work, with the names of the parts to read where not all are wanted.
with wanted as (
    select array['science', 'this', 'calibration'] as types
)
select distinct on (w.uri) w.uri, w.contentChecksum, w.planeID, w.publisherID, parts.selection,
    %(share)s::real is not null as anew
from caom2_ai_queue.find_work(%(mapID)s, %(modelHash)s, %(share)s::real) w
cross join wanted
left join lateral (
    select case when bool_or(coalesce(t.productType, w.productType) <> all(types)) then
        coalesce(array_agg(t.name) filter (where coalesce(t.productType, w.productType) = any(types)), '{}')
    end as selection
    from caom2.Part t
    where t.artifactID = w.artifactID
) parts on true
where w.uri = any(%(uris)s)
order by w.uri, w.planeID;

-- name: recover_jobs
-- Jobs of workers that are silent wait again.
with lost as (
    select j.id
    from caom2_ai_queue.procrastinate_jobs j
    left join caom2_ai_queue.procrastinate_workers w on w.id = j.worker_id
    where j.status = 'doing' and j.queue_name = %(queue)s
        and (w.id is null or w.last_heartbeat < now() - %(stalled)s * interval '1 second')
    for update of j skip locked
)
update caom2_ai_queue.procrastinate_jobs j
set status = 'todo', attempts = j.attempts + 1, worker_id = null, scheduled_at = null
from lost
where j.id = lost.id
returning j.id;
