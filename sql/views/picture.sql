-- Pictures of the files whose metadata and pixels are public, as long as the file is the one that they were made of.
create view caom2_ai_view.picture as
select
    c.pictureID, a.planeID, c.artifactURI, c.part, c.variant, c.png, c.reason, c.status,
    to_hex(c.pictureID) || '-' || to_hex((extract(epoch from c.made) * 1000000)::bigint) as tag,
    c.used < now() at time zone 'UTC' - interval '1 hour' as isStale,
    (p.metaRelease <= now() at time zone 'UTC'
        and coalesce(a.contentRelease, p.dataRelease) <= now() at time zone 'UTC') is true as visible
from caom2_ai.picture c
join caom2.Artifact a on a.uri = c.artifactURI and a.contentChecksum is not distinct from c.contentChecksum
join caom2.Plane p on p.planeID = a.planeID
where (c.expires is null or c.expires > now() at time zone 'UTC')
    and p.metaRelease <= now() at time zone 'UTC'
    and coalesce(a.contentRelease, p.dataRelease) <= now() at time zone 'UTC';
