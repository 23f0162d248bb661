-- name: find_current_maps
-- The maps that content comes from now, with what to cite where their model says so.
select mapID, kind, modelHash, parameters::jsonb ->> 'citation' as citation
from caom2_ai_view.map
where isCurrent = 1
order by kind desc;

-- name: look_up
-- The current map of each kind, and which images and objects of two lists cannot be compared on it, for whoever asks; of objects that
-- are known but have no vector what there is to say.
select kind, mapID::text as name from caom2_ai_view.map where isCurrent = 1
union all
select 'unknown image', wanted.id
from unnest(%(images)s::text[]) as wanted (id)
where caom2_ai.caomai_vector(wanted.id) is null
union all
select case when m.isBare then 'no vector' else 'unknown object' end,
    case when m.isBare then caom2_ai.missing_object(wanted.id, m.mapID) else wanted.id::text end
from unnest(%(objects)s::bigint[]) as wanted (id)
left join lateral (
    select c.mapID, caom2_ai.is_object(wanted.id, c.mapID) as isBare from caom2_ai_view.map c where c.kind = 'object' and c.isCurrent = 1
) m on true
where caom2_ai.caomai_object_vector(wanted.id) is null;

-- name: find_example_image
-- An image of the current map to ask about in examples, its centre, the two nodes that hold most of its objects, and the label that
-- fits most of them: the first of some that has enough objects and that others share a node of Map 2 with. Times are those of the
-- newest image, a day and a month before it.
with candidate as materialized (
    select f.publisherID, f.mapID, f.collection, f.bandpassName, f.ra, f.dec, f.fingerprint, f.nObjects, f.fieldNode
    from caom2_ai_view.fingerprint f
    where f.isCurrent = 1 and f.vector is not null and f.ra is not null and f.intent = 'science' and f.nObjects > 1
    order by f.publisherID
    limit 500
), newest as (
    select f.timeMid from caom2_ai_view.fingerprint f where f.timeMid < 'Infinity' order by f.timeMid desc limit 1
)
select c.publisherID, c.collection, c.bandpassName as filter, c.ra, c.dec, n.nodes[1] as node, n.nodes[2] as node2, c.fieldNode,
    (
        select l.label
        from caom2_ai_view.label l
        where l.mapID = c.mapID and l.label <> 'satellite trail'
        group by l.label
        order by sum(c.fingerprint[l.node + 1]) desc, l.label
        limit 1
    ) as label,
    o.objectID, o.objectNode,
    (select timeMid - 1 from newest) as night, (select timeMid - 30 from newest) as month
from candidate c
cross join lateral (
    select array_agg(k.position - 1 order by k.objects desc, k.position) as nodes
    from unnest(c.fingerprint) with ordinality k(objects, position)
    where k.objects > 0
) n
left join lateral (
    select v.objectID, v.node as objectNode
    from caom2_ai_view.object_vector v
    where v.publisherID = c.publisherID and v.mapID = c.mapID
    order by v.snr desc, v.objectID
    limit 1
) o on true
where cardinality(n.nodes) > 1
order by o.objectID is not null desc, c.nObjects >= 50 and exists (
    select from candidate other where other.fieldNode = c.fieldNode and other.publisherID <> c.publisherID
) desc, c.bandpassName is not null desc, c.publisherID
limit 1;
