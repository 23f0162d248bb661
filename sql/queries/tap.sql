-- name: find_current_maps
-- The maps that content comes from now, with what to cite where their model says so.
select mapID, kind, modelHash, parameters::jsonb ->> 'citation' as citation
from caom2_ai_view.map
where isCurrent = 1
order by kind desc;

-- name: find_unknown_images
-- Those images of a list that have no search vector on the current map, for whoever asks.
select wanted.id
from unnest(%(ids)s::text[]) as wanted (id)
where not exists (
    select from caom2_ai_view.fingerprint f
    where f.publisherID = wanted.id and f.isCurrent = 1 and f.vector is not null
);

-- name: find_example_image
-- An image of the current map to ask about in examples, its centre, and the two nodes that hold most of its objects: the first
-- of some that has enough objects and that others share a node of Map 2 with.
with candidate as materialized (
    select f.publisherID, f.ra, f.dec, f.fingerprint, f.nObjects, f.fieldNode
    from caom2_ai_view.fingerprint f
    where f.isCurrent = 1 and f.vector is not null and f.ra is not null and f.intent = 'science' and f.nObjects > 1
    order by f.publisherID
    limit 500
)
select c.publisherID, c.ra, c.dec, n.nodes[1] as node, n.nodes[2] as node2
from candidate c
cross join lateral (
    select array_agg(k.position - 1 order by k.objects desc, k.position) as nodes
    from unnest(c.fingerprint) with ordinality k(objects, position)
    where k.objects > 0
) n
where cardinality(n.nodes) > 1
order by c.nObjects >= 50 and exists (
    select from candidate other where other.fieldNode = c.fieldNode and other.publisherID <> c.publisherID
) desc, c.publisherID
limit 1;
