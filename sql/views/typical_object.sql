-- The objects that stand for the nodes of object maps, as far as the metadata and pixels of their images are public.
create view caom2_ai_view.typical_object as
select t.mapID, t.node, t.rank, t.planeID, t.artifactURI, t.part, t.x, t.y, t.a,
    (p.metaRelease <= now() at time zone 'UTC'
        and coalesce(a.contentRelease, p.dataRelease) <= now() at time zone 'UTC') is true as visible
from caom2_ai.typical_object t
join caom2.Plane p on p.planeID = t.planeID
join caom2.Artifact a on a.planeID = t.planeID and a.uri = t.artifactURI
where p.metaRelease <= now() at time zone 'UTC'
    and coalesce(a.contentRelease, p.dataRelease) <= now() at time zone 'UTC';
