-- name: find_maps
-- The maps that people search: objects, and the fields that belong to them.
select o.mapID as objectMap, o.modelHash, f.mapID as fieldMap, f.arrays
from caom2_ai.map o
left join caom2_ai.map f on f.objectMapID = o.mapID and f.kind = 'field' and f.isCurrent
where o.kind = 'object' and o.isCurrent;

-- name: count_objects
-- Visible objects of the nodes, as they were counted last.
select node, nObjects, nImages from caom2_ai_view.node where mapID = %(mapID)s order by node;

-- name: list_near
-- Of some thousand visible objects of each node those nearest to its centroid.
select n.node, o.artifactURI, o.part, o.x, o.y, o.snr, o.oddness
from unnest(%(nodes)s::smallint[]) n(node)
cross join lateral (
    select c.*
    from (
        select artifactURI, part, x, y, snr, oddness
        from caom2_ai_view.object_node
        where mapID = %(mapID)s and node = n.node
        limit %(pool)s
    ) c
    order by c.oddness, c.artifactURI, c.part, c.x, c.y
    limit %(most)s
) o
order by n.node, o.oddness;

-- name: list_random
-- Some visible objects of nodes, each as likely as any other; the same ones for the same seed.
select publisherID, node, artifactURI, part, x, y, ra, dec, snr, oddness, confidence
from caom2_ai_view.object_node
where mapID = %(mapID)s and node = any(%(nodes)s)
order by hashtextextended(artifactURI || ' ' || part || ' ' || x || ' ' || y, %(seed)s), artifactURI, part, x, y
limit %(most)s;

-- name: list_oddest
-- The oddest visible objects, of one collection or of all.
select o.node, o.artifactURI, o.part, o.x, o.y, o.snr, o.oddness
from caom2_ai_view.object_node o
where o.mapID = %(mapID)s and o.snr >= %(snr)s
    and (%(collection)s::text is null or exists (
        select from caom2_ai_view.fingerprint f
        where f.publisherID = o.publisherID and f.mapID = o.mapID and f.collection = %(collection)s))
order by o.oddness desc, o.artifactURI, o.part, o.x, o.y
limit %(most)s;

-- name: list_images
-- Of some visible images of each field what is needed to find the most typical one.
select n.field as node, i.publisherID, i.vector, p.artifactURI, p.part
from unnest(%(nodes)s::smallint[]) n(field)
cross join lateral (
    select f.publisherID, f.vector
    from caom2_ai_view.field_node v
    join caom2_ai_view.fingerprint f on f.publisherID = v.publisherID and f.mapID = %(objectMap)s
    where v.mapID = %(mapID)s and v.node = n.field and f.vector is not null
    limit %(pool)s
) i
cross join lateral (
    select artifactURI, part
    from caom2_ai_view.part_fingerprint q
    where q.publisherID = i.publisherID and q.mapID = %(objectMap)s
    order by artifactURI, part
    limit 1
) p;

-- name: find_checksum
-- The checksum of a visible file.
select contentChecksum from caom2_ai_view.artifact where uri = %(uri)s and contentChecksum is not null limit 1;
