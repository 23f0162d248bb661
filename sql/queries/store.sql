-- name: lock_plane
-- Two artifacts of one plane may finish at the same time: whoever sums its parts goes alone.
select pg_advisory_xact_lock(hashtextextended('caom2_ai plane ' || %(publisherID)s, 0));

-- name: find_artifact
-- The artifact as CAOM knows it now.
select planeID
from caom2.Artifact
where uri = %(uri)s and planeID = %(planeID)s and contentChecksum is not distinct from %(contentChecksum)s;

-- name: find_parts
-- What is stored of an artifact.
select imageID, planeID, publisherID, contentChecksum
from caom2_ai.part_fingerprint
where artifactURI = %(uri)s and mapID = %(mapID)s;

-- name: delete_objects
-- The objects of image HDUs.
delete from caom2_ai.object_node where imageID = any(%(imageIDs)s) and mapID = %(mapID)s;

-- name: delete_object_vectors
-- What the objects of image HDUs look like.
delete from caom2_ai.object_vector where imageID = any(%(imageIDs)s);

-- name: delete_parts
-- The rows of image HDUs.
delete from caom2_ai.part_fingerprint where imageID = any(%(imageIDs)s);

-- name: insert_part
-- One image HDU.
insert into caom2_ai.part_fingerprint (
    planeID, publisherID, artifactURI, part, mapID, contentChecksum, fingerprint, nObjects, nDetected,
    sampledFraction, background, noise, fwhm, fwhmPixel, elongation, saturatedFraction, maskedFraction,
    statistics, objectOddness, objectShare, naxis1, naxis2
) values (
    %(planeID)s, %(publisherID)s, %(uri)s, %(part)s, %(mapID)s, %(contentChecksum)s, %(fingerprint)s, %(nObjects)s,
    %(nDetected)s, %(sampledFraction)s, %(background)s, %(noise)s, %(fwhm)s, %(fwhmPixel)s, %(elongation)s,
    %(saturatedFraction)s, %(maskedFraction)s, %(statistics)s,
    %(objectOddness)s, %(objectShare)s, %(naxis1)s, %(naxis2)s
) returning imageID;

-- name: copy_objects
-- Objects with a place on the sky.
copy caom2_ai.object_node (
    mapID, imageID, objectID, node, flags, healpix, ra, dec, x, y, a, b, theta, flux, snr, confidence, oddness
) from stdin (format binary);

-- name: copy_objects_without_sky
-- Objects of images without a WCS.
copy caom2_ai.object_node (
    mapID, imageID, objectID, node, flags, x, y, a, b, theta, flux, snr, confidence, oddness
) from stdin (format binary);

-- name: copy_object_vectors
-- Objects that can be compared, with a place on the sky.
copy caom2_ai.object_vector (objectID, healpix, ra, dec, mapID, imageID, x, y, snr, node, vector)
from stdin (format binary);

-- name: copy_object_vectors_without_sky
-- The same of images without a WCS.
copy caom2_ai.object_vector (objectID, mapID, imageID, x, y, snr, node, vector) from stdin (format binary);

-- name: find_plane_parts
-- The parts of a plane's preferred artifact: science before calibration, then the most parts, then the first URI.
with stored as (
    select f.*, a.contentRelease, a.productType in ('science', 'this') as isScience,
        count(*) over (partition by f.artifactURI) as nParts
    from caom2_ai.part_fingerprint f
    join caom2.Artifact a on a.uri = f.artifactURI and a.planeID = f.planeID
    where f.planeID = %(planeID)s and f.mapID = %(mapID)s
), preferred as (
    select artifactURI from stored order by isScience desc, nParts desc, artifactURI limit 1
)
select fingerprint, nObjects, nDetected, sampledFraction, background, noise, fwhm, fwhmPixel, elongation,
    saturatedFraction, maskedFraction, statistics, contentRelease, naxis1::bigint * naxis2 as nPixels
from stored
join preferred using (artifactURI)
order by imageID;

-- name: delete_plane
-- The row of a plane, also where the archive has given the plane a new planeID.
delete from caom2_ai.fingerprint
where mapID = %(mapID)s and (planeID = %(planeID)s or publisherID = %(publisherID)s);

-- name: delete_field_nodes
-- The fields of a plane on all field maps of its object map.
delete from caom2_ai.field_node f
using caom2_ai.map m
where f.planeID = %(planeID)s and m.mapID = f.mapID and m.objectMapID = %(mapID)s;

-- name: insert_plane
-- One plane with what filtered searches need of CAOM.
insert into caom2_ai.fingerprint (
    planeID, mapID, obsID, publisherID, fingerprint, vector, nObjects, nDetected, sampledFraction, background, noise,
    fwhm, fwhmPixel, elongation, saturatedFraction, maskedFraction, collection, instrument_name, bandpassName, intent,
    metaRelease, dataRelease, contentRelease, ra, dec, healpix, timeMid
)
select p.planeID, %(mapID)s, p.obsID, p.publisherID, %(fingerprint)s, %(vector)s::real[]::halfvec, %(nObjects)s,
    %(nDetected)s, %(sampledFraction)s, %(background)s, %(noise)s, %(fwhm)s, %(fwhmPixel)s, %(elongation)s,
    %(saturatedFraction)s, %(maskedFraction)s, o.collection, o.instrument_name, p.energy_bandpassName, o.intent,
    p.metaRelease, p.dataRelease, %(contentRelease)s, s.ra, s.dec, s.healpix,
    (p.time_bounds_lower + p.time_bounds_upper) / 2
from caom2.Plane p
join caom2.Observation o using (obsID)
left join caom2_ai.plane_centre s using (planeID)
where p.planeID = %(planeID)s;

-- name: insert_field_node
-- The field of a plane, if the plane is there.
insert into caom2_ai.field_node (planeID, mapID, node)
select planeID, %(fieldMapID)s, %(node)s
from caom2_ai.fingerprint
where planeID = %(planeID)s and mapID = %(mapID)s;

-- name: delete_failure
-- What was wrong with an artifact is so no longer.
delete from caom2_ai.failure where artifactURI = %(uri)s and modelHash = %(modelHash)s;

-- name: insert_failure
-- Why an artifact has no fingerprint; attempts count as long as its file stays the same.
insert into caom2_ai.failure as f (
    artifactURI, modelHash, planeID, publisherID, contentChecksum, status, reason, nextTry
) values (
    %(uri)s, %(modelHash)s, %(planeID)s, %(publisherID)s, %(contentChecksum)s, %(status)s, %(reason)s,
    (now() at time zone 'UTC') + %(wait)s::interval
)
on conflict (artifactURI, modelHash) do update set
    planeID = excluded.planeID,
    publisherID = excluded.publisherID,
    attempts = case when f.contentChecksum is not distinct from excluded.contentChecksum then f.attempts + 1 else 1 end,
    contentChecksum = excluded.contentChecksum,
    status = excluded.status,
    reason = excluded.reason,
    lastTry = now() at time zone 'UTC',
    nextTry = (now() at time zone 'UTC') + %(wait)s::interval * case
        when f.contentChecksum is not distinct from excluded.contentChecksum then power(2, least(f.attempts, 10))
        else 1
    end;
