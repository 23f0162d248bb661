-- Where the single objects are whose metadata and pixels are public, by the numbers that their objectID is made of.
create view caom2_ai_view.pictured_object as
select o.imageID, o.objectID as number, i.planeID, i.artifactURI as uri, i.part, o.x, o.y, o.a,
    (p.metaRelease <= now() at time zone 'UTC'
        and coalesce(a.contentRelease, p.dataRelease) <= now() at time zone 'UTC') is true as visible
from caom2_ai.object_node o
join caom2_ai.part_fingerprint i on i.imageID = o.imageID and i.mapID = o.mapID
join caom2.Plane p on p.planeID = i.planeID
join caom2.Artifact a on a.planeID = i.planeID and a.uri = i.artifactURI
where p.metaRelease <= now() at time zone 'UTC'
    and coalesce(a.contentRelease, p.dataRelease) <= now() at time zone 'UTC';
