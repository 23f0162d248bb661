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
-- An image of the current map to ask about in examples: two of the nodes that hold its objects, and its centre.
select f.publisherID, f.ra, f.dec, n.nodes[1] as node, n.nodes[2] as node2
from caom2_ai_view.fingerprint f
cross join lateral (
    select array_agg(c.position - 1 order by c.objects desc, c.position) as nodes
    from unnest(f.fingerprint) with ordinality c(objects, position)
    where c.objects > 0
) n
where f.isCurrent = 1 and f.vector is not null and f.ra is not null and f.intent = 'science' and cardinality(n.nodes) > 1
order by f.publisherID
limit 1;
