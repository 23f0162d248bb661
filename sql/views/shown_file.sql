-- The files of a plane whose metadata and pixels are public, the one that shows it first: science before calibration, then what
-- has most parts, as for its fingerprint.
create view caom2_ai_view.shown_file as
select
    p.planeID, a.uri, a.contentChecksum,
    row_number() over (partition by p.planeID order by a.productType::text in ('science', 'this') desc, (
        select count(*) from caom2_ai.part_fingerprint f where f.artifactURI = a.uri
    ) desc, a.uri) as place,
    (p.metaRelease <= now() at time zone 'UTC'
        and coalesce(a.contentRelease, p.dataRelease) <= now() at time zone 'UTC') is true as visible
from caom2.Plane p
join caom2.Artifact a on a.planeID = p.planeID
where p.metaRelease <= now() at time zone 'UTC'
    and coalesce(a.contentRelease, p.dataRelease) <= now() at time zone 'UTC'
    and a.productType::text in ('science', 'this', 'calibration')
    and (p.dataProductType is null or p.dataProductType::text = 'image');
