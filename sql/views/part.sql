-- The image extensions of the planes whose metadata are public.
create view caom2_ai_view.part as
select
    t.artifactID, t.partID, t.name, t.productType, t.metaProducer, t.lastModified, t.maxLastModified,
    t.metaChecksum, t.accMetaChecksum,
    (p.metaRelease <= now() at time zone 'UTC') is true as visible
from caom2.Part t
join caom2.Artifact a on a.artifactID = t.artifactID
join caom2.Plane p on p.planeID = a.planeID
where p.metaRelease <= now() at time zone 'UTC';
