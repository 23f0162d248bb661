-- name: find_preview
-- The file that shows an image, if anybody may see it, and the picture if there is one.
select f.uri, c.pictureID, c.tag, c.isStale, c.png, c.reason, c.status
from (
    select s.uri
    from caom2_ai_view.shown_file s
    where s.planeID = %(planeID)s and (%(uri)s::text is null or s.uri = %(uri)s)
        and (%(part)s = '' or exists (
            select from caom2_ai_view.part_fingerprint i
            where i.planeID = s.planeID and i.artifactURI = s.uri and i.part = %(part)s
        ))
    order by s.place
    limit 1
) f
left join caom2_ai_view.picture c
    on c.planeID = %(planeID)s and c.artifactURI = f.uri and c.part = %(part)s and c.variant = %(variant)s;

-- name: find_object
-- Where an object is, if anybody may see it.
select planeID, uri, part, x, y, a
from caom2_ai_view.pictured_object
where imageID = (%(objectID)s::bigint >> 20)::integer and number = (%(objectID)s::bigint & 1048575)::integer;

-- name: find_typical_object
-- The object of a rank among those of a node that anybody may see.
select planeID, artifactURI as uri, part, x, y, a
from caom2_ai_view.typical_object
where mapID = %(mapID)s and node = %(node)s
order by rank
limit 1 offset %(rank)s - 1;

-- name: find_typical_image
-- The image of a rank among those of a node that anybody may see.
select planeID
from caom2_ai_view.typical_image
where mapID = %(mapID)s and node = %(node)s
order by rank
limit 1 offset %(rank)s - 1;

-- name: find_map_picture
-- The picture of a whole map, if it shows what anybody may see now; nothing where nothing stands for its nodes.
select k.uri, c.pictureID, c.tag, c.isStale, c.png, c.reason, c.status
from (
    select 'map:' || t.mapID as uri, md5(string_agg(t.cell, ' ' order by t.node)) as checksum
    from caom2_ai_view.typical_sprite t
    where t.mapID = %(mapID)s
    group by t.mapID
) k
left join caom2_ai_view.map_picture c on c.artifactURI = k.uri and c.contentChecksum = k.checksum;

-- name: list_cells
-- What the picture of a map shows of each node, with the file of an image; x is NULL for an image.
select t.node, t.planeID, coalesce(t.artifactURI, s.uri) as uri, t.part, t.x, t.y, t.a,
    m.gridWidth, m.gridHeight, md5(string_agg(t.cell, ' ') over (
        order by t.node range between unbounded preceding and unbounded following
    )) as checksum
from caom2_ai_view.typical_sprite t
join caom2_ai_view.map m using (mapID)
left join caom2_ai_view.shown_file s on s.planeID = t.planeID and s.place = 1 and t.artifactURI is null
where t.mapID = %(mapID)s
order by t.node;

-- name: list_typical
-- Everything that stands for nodes of a map, as list_cells gives it.
select t.node, t.planeID, t.artifactURI as uri, t.part, t.x, t.y, t.a
from caom2_ai_view.typical_object t
where t.mapID = %(mapID)s and t.rank <= %(most)s
union all
select t.node, t.planeID, s.uri, '', null, null, null
from caom2_ai_view.typical_image t
join caom2_ai_view.shown_file s on s.planeID = t.planeID and s.place = 1
where t.mapID = %(mapID)s and t.rank <= %(most)s;

-- name: find_source
-- A file that is to be drawn, if anybody may see it.
select uri, contentChecksum from caom2_ai_view.shown_file where planeID = %(planeID)s and uri = %(uri)s;

-- name: list_kept
-- Those of some pictures of a file that are there, or cannot be made.
select part, variant, png
from caom2_ai_view.picture
where planeID = %(planeID)s and artifactURI = %(uri)s and variant = any(%(variants)s);

-- name: keep
-- A picture, or why there is none.
insert into caom2_ai.picture (artifactURI, part, variant, contentChecksum, png, reason, status, expires)
values (
    %(uri)s, %(part)s, %(variant)s, %(contentChecksum)s, %(png)s, %(reason)s, %(status)s,
    now() at time zone 'UTC' + %(seconds)s * interval '1 second'
)
on conflict (artifactURI, part, variant) do update set
    contentChecksum = excluded.contentChecksum, png = excluded.png, reason = excluded.reason,
    status = excluded.status, expires = excluded.expires, made = excluded.made, used = excluded.used;

-- name: use
-- Somebody asked for a picture; written down once an hour.
select caom2_ai.use_picture(%(pictureID)s);

-- name: make_room
-- The pictures that were not asked for in the longest time go, where all together are larger than a limit: until a tenth is free.
-- One worker at a time.
with turn as materialized (
    select pg_try_advisory_xact_lock(hashtextextended('caom2_ai pictures', 0)) as mine
)
delete from caom2_ai.picture c
using turn, (
    select pictureID, sum(size) over (order by used desc, pictureID desc) as newer, sum(size) over () as total
    from caom2_ai.picture
) s
where turn.mine and c.pictureID = s.pictureID and s.total > %(limit)s and s.newer > 0.9 * %(limit)s;

-- name: measure_archive
-- How many images a map has, when typical ones were chosen and now, and how large the table is about.
select m.typicalImages, (select count(*) from caom2_ai.fingerprint f where f.mapID = m.mapID) as images,
    (select greatest(reltuples, 1) from pg_class where oid = 'caom2_ai.fingerprint'::regclass) as rows
from caom2_ai.map m
where m.mapID = %(mapID)s;

-- name: forget_typical
-- Others are chosen.
with objects as (
    delete from caom2_ai.typical_object where mapID = %(mapID)s
), images as (
    delete from caom2_ai.typical_image where mapID = %(fieldMapID)s
)
update caom2_ai.map set typicalImages = %(images)s where mapID = %(mapID)s;

-- name: choose_objects
-- Objects that stand for the nodes: of those near some images all over the sky, and of some without a place, the ones nearest to
-- the centroid that are whole, each of another image; then those with nothing else around them.
with place as (
    select distinct healpix
    from caom2_ai.fingerprint tablesample system (%(percent)s) repeatable (0)
    where mapID = %(mapID)s and healpix is not null
    limit %(places)s
), found as (
    select o.*
    from generate_series(0, 399) n(node)
    cross join place s
    cross join lateral (
        select imageID, objectID, node, flags, confidence, oddness, x, y, a
        from caom2_ai.object_node
        where mapID = %(mapID)s and node = n.node and healpix >= s.healpix - %(spread)s
        order by healpix
        limit %(pool)s
    ) o
    union
    select o.*
    from generate_series(0, 399) n(node)
    cross join lateral (
        select imageID, objectID, node, flags, confidence, oddness, x, y, a
        from caom2_ai.object_node
        where mapID = %(mapID)s and node = n.node and healpix is null
        limit 16 * %(pool)s
    ) o
), visible as (
    select distinct on (f.node, i.planeID) f.*, i.planeID, i.artifactURI, i.part,
        (f.flags <> 0)::integer * 1000 + f.oddness * (1.5 - f.confidence) as badness
    from found f
    join caom2_ai.part_fingerprint k on k.imageID = f.imageID
    join caom2_ai_view.part_fingerprint i on i.artifactURI = k.artifactURI and i.part = k.part and i.mapID = k.mapID
    order by f.node, i.planeID, badness, f.imageID, f.objectID
), best as (
    select v.*, row_number() over (partition by v.node order by badness, planeID) as standing
    from visible v
), alone as (
    select b.*, (
        select count(*) from caom2_ai.object_node o
        where o.mapID = %(mapID)s and o.imageID = b.imageID and o.objectID <> b.objectID
            and o.x between b.x - %(reach)s and b.x + %(reach)s and o.y between b.y - %(reach)s and b.y + %(reach)s
    ) as neighbours
    from best b
    where b.standing <= %(candidates)s
), ranked as (
    select a.*, row_number() over (partition by a.node order by least(neighbours, 1), standing) as rank
    from alone a
)
insert into caom2_ai.typical_object (mapID, node, rank, artifactURI, planeID, part, x, y, a)
select %(mapID)s, node, rank, artifactURI, planeID, part, x, y, a
from ranked
where rank <= %(kept)s;

-- name: choose_images
-- Images that stand for the fields: of some of each those nearest to the centroid, each of another observation.
with nearest as (
    select distinct on (c.node, f.obsID) c.node, f.planeID, f.vector <#> c.centroid as closeness
    from (
        select position - 1 as node, centroid::halfvec as centroid
        from unnest(%(centroids)s::text[]) with ordinality u(centroid, position)
    ) c
    cross join lateral (
        select v.planeID from caom2_ai_view.field_node v where v.mapID = %(fieldMapID)s and v.node = c.node limit %(pool)s
    ) p
    join caom2_ai_view.fingerprint f on f.planeID = p.planeID and f.mapID = %(mapID)s
    where f.vector is not null
    order by c.node, f.obsID, closeness, f.planeID
), ranked as (
    select n.*, row_number() over (partition by n.node order by closeness, planeID) as rank from nearest n
)
insert into caom2_ai.typical_image (mapID, node, rank, planeID)
select %(fieldMapID)s, node, rank, planeID from ranked where rank <= %(kept)s;

-- name: address_nodes
-- Where the pictures of the nodes are.
update caom2_ai.node n
set previewURL = k.address
from caom2_ai.node o
left join lateral (
    select %(root)s || '/cutout/node/' || o.mapID || '/' || o.node || '/1.png' as address
    where exists (select from caom2_ai.typical_object t where t.mapID = o.mapID and t.node = o.node)
    union all
    select %(root)s || '/preview/node/' || o.mapID || '/' || o.node || '/1.png'
    where exists (select from caom2_ai.typical_image t where t.mapID = o.mapID and t.node = o.node)
) k on true
where o.mapID in (%(mapID)s, %(fieldMapID)s) and n.mapID = o.mapID and n.node = o.node
    and n.previewURL is distinct from k.address;
