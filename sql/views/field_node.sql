-- The nodes of Map 2 in which the images lie whose metadata and pixels are public; mapID is the field map.
create view caom2_ai_view.field_node as
select n.planeID, f.publisherID, n.mapID, n.node,
    (f.metaRelease <= now() at time zone 'UTC'
        and coalesce(f.contentRelease, f.dataRelease) <= now() at time zone 'UTC') is true as visible
from caom2_ai.field_node n
join caom2_ai.map m on m.mapID = n.mapID
join caom2_ai.fingerprint f on f.planeID = n.planeID and f.mapID = m.objectMapID
where f.metaRelease <= now() at time zone 'UTC'
    and coalesce(f.contentRelease, f.dataRelease) <= now() at time zone 'UTC';
