-- The fingerprints of the single image extensions whose metadata and pixels are public.
create view caom2_ai_view.part_fingerprint as
select
    i.planeID, i.publisherID, i.artifactURI, i.part, i.mapID, i.contentChecksum, i.fingerprint, i.nObjects,
    i.nDetected, i.sampledFraction, i.background, i.noise, i.fwhm, i.fwhmPixel, i.elongation, i.saturatedFraction,
    i.maskedFraction, i.objectOddness, i.naxis1, i.naxis2,
    (p.metaRelease <= now() at time zone 'UTC'
        and coalesce(a.contentRelease, p.dataRelease) <= now() at time zone 'UTC') is true as visible
from caom2_ai.part_fingerprint i
join caom2.Plane p on p.planeID = i.planeID
-- Not an equality: see object_node.
join caom2.Artifact a on a.planeID = i.planeID and a.uri >= i.artifactURI and a.uri <= i.artifactURI
where p.metaRelease <= now() at time zone 'UTC'
    and coalesce(a.contentRelease, p.dataRelease) <= now() at time zone 'UTC';
