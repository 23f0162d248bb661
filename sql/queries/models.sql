-- name: list_maps
-- All maps with the number of images that they have; field maps by the images that have a field.
select m.mapID, m.kind, m.objectMapID, m.modelName, m.modelHash, m.created, m.isCurrent, m.dropped,
    m.parameters ->> 'images' as fitted,
    case when m.kind = 'object' then (select count(*) from caom2_ai.fingerprint f where f.mapID = m.mapID)
        else (select count(*) from caom2_ai.field_node n where n.mapID = m.mapID) end as images
from caom2_ai.map m
order by m.mapID;

-- name: count_missing
-- Images that a model still has to do, and those that it could not do.
select
    (select count(distinct w.planeID) from caom2_ai_queue.find_work(%(mapID)s, %(modelHash)s) w) as waiting,
    (select count(distinct f.planeID) from caom2_ai.failure f where f.modelHash = %(modelHash)s and f.status = 'failed')
        as failed;

-- name: find_object_maps
-- What there is of the object maps, to keep their rows in step with the archive.
select mapID, modelHash, modelName, parameters, arrays
from caom2_ai.map
where kind = 'object' and not dropped
order by mapID;

-- name: find_map
-- One map.
select mapID, kind, objectMapID, modelName, modelHash, isCurrent, dropped, arrays, parameters
from caom2_ai.map
where mapID = %(mapID)s;

-- name: count_lost
-- Images that people can search now and could not on a map.
select count(*) as images
from caom2_ai.fingerprint f
join caom2_ai.map m using (mapID)
where m.kind = 'object' and m.isCurrent
    and not exists (select from caom2_ai.fingerprint n where n.planeID = f.planeID and n.mapID = %(mapID)s);

-- name: count_fieldless
-- Images of an object map that have no field on a field map.
select count(*) as images
from caom2_ai.fingerprint f
where f.mapID = %(objectMapID)s and f.vector is not null
    and not exists (select from caom2_ai.field_node n where n.planeID = f.planeID and n.mapID = %(mapID)s);

-- name: count_planes
-- Images on an object map.
select count(*) as images from caom2_ai.fingerprint where mapID = %(mapID)s;

-- name: count_fields
-- Images on a field map.
select count(*) as images from caom2_ai.field_node where mapID = %(mapID)s;

-- name: count_working
-- Jobs of a map that live workers have in hand.
select count(*) as images
from caom2_ai_queue.procrastinate_jobs j
join caom2_ai_queue.procrastinate_workers w on w.id = j.worker_id
where j.queue_name in (%(queue)s::text, %(queue)s::text || '.vectors') and j.status = 'doing' and w.last_heartbeat > now() - interval '10 seconds';

-- name: delete_matches
-- How the nodes of two maps corresponded before.
delete from caom2_ai.node_match
where (mapID1, mapID2) in ((%(first)s, %(second)s), (%(second)s, %(first)s));

-- name: match_objects
-- In which nodes of two object maps the same objects lie: those at the same pixel of the same file, in so many public images.
-- Both ways: overlap is the share of node1's objects that lie in node2.
with seen as materialized (
    select a.imageID as first, b.imageID as second
    from caom2_ai.part_fingerprint a
    join caom2_ai.part_fingerprint b on b.artifactURI = a.artifactURI and b.part = a.part and b.mapID = %(second)s
    join caom2_ai_view.fingerprint v on v.planeID = a.planeID and v.mapID = a.mapID
    where a.mapID = %(first)s and b.contentChecksum is not distinct from a.contentChecksum
    order by md5(a.artifactURI || ' ' || a.part)
    limit %(images)s
), pair as materialized (
    select f.node as node1, s.node as node2, count(*) as objects
    from seen
    join caom2_ai.object_node f on f.imageID = seen.first and f.mapID = %(first)s
    join caom2_ai.object_node s on s.imageID = seen.second and s.mapID = %(second)s
        and floor(s.x) = floor(f.x) and floor(s.y) = floor(f.y)
    group by f.node, s.node
), share as (
    select %(first)s as map1, node1, %(second)s as map2, node2, objects / sum(objects) over (partition by node1) as overlap
    from pair
    union all
    select %(second)s, node2, %(first)s, node1, objects / sum(objects) over (partition by node2)
    from pair
)
insert into caom2_ai.node_match (mapID1, node1, mapID2, node2, overlap)
select map1, node1, map2, node2, overlap from share where overlap >= 0.01;

-- name: match_fields
-- In which fields of two field maps the same public images lie, both ways.
with pair as materialized (
    select a.node as node1, b.node as node2, count(*) as images
    from caom2_ai_view.field_node a
    join caom2_ai.field_node b on b.planeID = a.planeID and b.mapID = %(second)s
    where a.mapID = %(first)s
    group by a.node, b.node
), share as (
    select %(first)s as map1, node1, %(second)s as map2, node2, images / sum(images) over (partition by node1) as overlap
    from pair
    union all
    select %(second)s, node2, %(first)s, node1, images / sum(images) over (partition by node2)
    from pair
)
insert into caom2_ai.node_match (mapID1, node1, mapID2, node2, overlap)
select map1, node1, map2, node2, overlap from share where overlap >= 0.01;

-- name: carry_labels
-- Labels of a map for those nodes of another of whose objects enough lie in nodes with the label. The precision is what is
-- certain of it: that of the old nodes, times the overlap. What was said of a node on the new map itself stays.
with origin as (
    select m.node1 as there, l.*, m.overlap,
        row_number() over (partition by m.node1, l.label order by m.overlap desc, l.node) as place
    from caom2_ai.node_match m
    join caom2_ai.label l on l.mapID = m.mapID2 and l.node = m.node2
    where m.mapID1 = %(second)s and m.mapID2 = %(first)s
), carried as (
    select there, label, sum(overlap) as overlap, sum(overlap * labelPrecision) as labelPrecision,
        sum(overlap * precisionLow) as precisionLow,
        least(sum(overlap * precisionHigh) + greatest(1 - sum(overlap), 0), 1) as precisionHigh,
        sum(overlap * lift) as lift, sum(nSeen) as nSeen
    from origin
    group by there, label
    having sum(overlap) >= %(least)s
)
insert into caom2_ai.label (
    mapID, node, label, author, created, labelPrecision, origin, precisionLow, precisionHigh, lift, nSeen, labelledSet,
    modelHash, carriedFrom, carriedOverlap
)
select %(second)s, c.there, c.label, o.author, o.created, c.labelPrecision, o.origin, c.precisionLow, c.precisionHigh,
    c.lift, c.nSeen, o.labelledSet, o.modelHash, %(first)s, c.overlap
from carried c
join origin o on o.there = c.there and o.label = c.label and o.place = 1
on conflict (mapID, node, label) do nothing;

-- name: mark_dropped
-- From now on nobody uses the map, nor the field maps over it; not where people search one of them.
update caom2_ai.map set dropped = true
where (mapID = %(mapID)s or objectMapID = %(mapID)s)
    and not exists (
        select from caom2_ai.map m where m.isCurrent and (m.mapID = %(mapID)s or m.objectMapID = %(mapID)s)
    );

-- name: drop_index
-- Does not keep anybody from reading.
drop index concurrently if exists caom2_ai.{index};

-- name: delete_images
-- Some image HDUs of a map with their objects, by their numbers: so the rows of other maps are passed only once.
with chunk as materialized (
    select imageID
    from caom2_ai.part_fingerprint
    where mapID = %(mapID)s and imageID > %(after)s
    order by imageID
    limit %(limit)s
), objects as (
    delete from caom2_ai.object_node o using chunk where o.imageID = chunk.imageID and o.mapID = %(mapID)s
), vectors as (
    delete from caom2_ai.object_vector v using chunk where v.imageID = chunk.imageID
), parts as (
    delete from caom2_ai.part_fingerprint p using chunk where p.imageID = chunk.imageID
)
select count(*) as images, max(imageID) as last from chunk;

-- name: delete_planes
-- Some rows that people searched.
delete from caom2_ai.fingerprint
where mapID = %(mapID)s and planeID in (
    select planeID from caom2_ai.fingerprint where mapID = %(mapID)s limit %(limit)s
);

-- name: delete_fields
-- Some fields of a field map.
delete from caom2_ai.field_node
where mapID = %(mapID)s and planeID in (
    select planeID from caom2_ai.field_node where mapID = %(mapID)s limit %(limit)s
);

-- name: delete_failures
-- Why images had no fingerprint on a model's map.
delete from caom2_ai.failure where modelHash = %(modelHash)s;

-- name: delete_jobs
-- What was to be done for a map.
with jobs as (
    delete from caom2_ai_queue.procrastinate_jobs where queue_name in (%(queue)s::text, %(queue)s::text || '.vectors') and status <> 'doing'
)
delete from caom2_ai_queue.feed where queue in (%(queue)s::text, %(queue)s::text || '.vectors');

-- name: delete_map
-- The map itself; nodes, labels, matches and ranks go with it.
delete from caom2_ai.map where mapID = %(mapID)s;

-- name: list_field_maps
-- The field maps over an object map.
select mapID from caom2_ai.map where objectMapID = %(mapID)s order by mapID;
