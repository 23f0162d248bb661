-- The files of the planes whose metadata are public.
create view caom2_ai_view.artifact as
select
    a.uri, a.planeID, a.artifactID, a.productType, a.releaseType, a.contentType, a.contentLength,
    a.contentChecksum, a.contentRelease, a.contentReadGroups, a.metaProducer, a.lastModified,
    a.maxLastModified, a.metaChecksum, a.accMetaChecksum,
    (p.metaRelease <= now() at time zone 'UTC') is true as visible
from caom2.Artifact a
join caom2.Plane p on p.planeID = a.planeID
where p.metaRelease <= now() at time zone 'UTC';
