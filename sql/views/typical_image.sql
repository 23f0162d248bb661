-- The images that stand for the nodes of field maps, as far as their metadata and pixels are public.
create view caom2_ai_view.typical_image as
select t.mapID, t.node, t.rank, t.planeID,
    (f.metaRelease <= now() at time zone 'UTC'
        and coalesce(f.contentRelease, f.dataRelease) <= now() at time zone 'UTC') is true as visible
from caom2_ai.typical_image t
join caom2_ai.map m on m.mapID = t.mapID
join caom2_ai.fingerprint f on f.planeID = t.planeID and f.mapID = m.objectMapID
where f.metaRelease <= now() at time zone 'UTC'
    and coalesce(f.contentRelease, f.dataRelease) <= now() at time zone 'UTC';
