-- name: find_rights
-- An archive of somebody else's is read only.
select has_table_privilege('caom2.Observation', 'insert') as allowed;

-- name: lock_ingest
-- One ingest writes at a time, so that rules over several rows hold.
select pg_advisory_xact_lock(hashtextextended('caom2 ingest', 0));

-- name: find_artifacts
-- What is stored of a file, and of other files with the same publisherID.
with found as (
    select artifactID from caom2.Artifact where uri = %(uri)s
    union
    select a.artifactID
    from caom2.Plane p
    join caom2.Artifact a on a.planeID = p.planeID
    where p.publisherID = %(publisher_id)s
)
select
    a.artifactID as artifact_id, a.uri, a.contentChecksum as content_checksum, p.publisherID as publisher_id,
    p.planeID as plane_id, p.obsID as obs_id,
    p.metaRelease as meta_release, p.dataRelease as data_release, p.accMetaChecksum as plane_checksum,
    o.metaChecksum as observation_checksum
from found
join caom2.Artifact a using (artifactID)
join caom2.Plane p on p.planeID = a.planeID
join caom2.Observation o on o.obsID = p.obsID;

-- name: find_namesake
-- An observation of the same name that another authority published.
select p.publisherID as publisher_id
from caom2.Observation o
join caom2.Plane p on p.obsID = o.obsID
where o.observationURI = %(observation_uri)s and o.obsID <> %(obs_id)s
order by p.publisherID
limit 1;

-- name: find_planes
-- The planes of an observation.
select planeID as plane_id, metaRelease as meta_release, productID as product_id, accMetaChecksum as checksum
from caom2.Plane
where obsID = %(obs_id)s;

-- name: find_observation
-- The checksums of an observation.
select metaChecksum as checksum, accMetaChecksum as accumulated
from caom2.Observation
where obsID = %(obs_id)s;

-- name: put_observation
-- accMetaChecksum and maxLastModified follow when the planes are stored.
insert into caom2.Observation as o (
    obsID, observationURI, collection, observationID, algorithm_name, type, intent, metaRelease, proposal_id,
    proposal_pi, target_name, target_moving, telescope_name, telescope_geoLocationX, telescope_geoLocationY,
    telescope_geoLocationZ, instrument_name, typeCode, lastModified, maxLastModified, metaChecksum, accMetaChecksum
) values (
    %(obs_id)s, %(observation_uri)s, %(collection)s, %(observation_id)s, 'exposure', %(type)s, %(intent)s,
    %(meta_release)s, %(proposal_id)s, %(proposal_pi)s, %(target_name)s, %(target_moving)s, %(telescope_name)s,
    %(telescope_x)s, %(telescope_y)s, %(telescope_z)s, %(instrument_name)s, 'S', %(now)s, %(now)s, %(checksum)s, ''
)
on conflict (obsID) do update set
    observationURI = excluded.observationURI,
    collection = excluded.collection,
    observationID = excluded.observationID,
    type = excluded.type,
    intent = excluded.intent,
    metaRelease = excluded.metaRelease,
    proposal_id = excluded.proposal_id,
    proposal_pi = excluded.proposal_pi,
    target_name = excluded.target_name,
    target_moving = excluded.target_moving,
    telescope_name = excluded.telescope_name,
    telescope_geoLocationX = excluded.telescope_geoLocationX,
    telescope_geoLocationY = excluded.telescope_geoLocationY,
    telescope_geoLocationZ = excluded.telescope_geoLocationZ,
    instrument_name = excluded.instrument_name,
    lastModified = excluded.lastModified,
    metaChecksum = excluded.metaChecksum
where o.metaChecksum <> excluded.metaChecksum;

-- name: accumulate_observation
-- Something below an observation changed.
update caom2.Observation
set accMetaChecksum = %(accumulated)s, maxLastModified = %(now)s
where obsID = %(obs_id)s;

-- name: put_plane
-- lastModified moves when the plane itself changed, maxLastModified when anything below it did.
insert into caom2.Plane as p (
    planeID, obsID, publisherID, planeURI, productID, metaRelease, dataRelease, dataProductType, calibrationLevel,
    provenance_name, provenance_version, provenance_producer, provenance_lastExecuted, position_bounds,
    position_bounds_size, position_sampleSize, position_dimension_naxis1, position_dimension_naxis2,
    energy_bandpassName, time_bounds_lower, time_bounds_upper, time_bounds_width, time_exposure,
    lastModified, maxLastModified, metaChecksum, accMetaChecksum
) values (
    %(plane_id)s, %(obs_id)s, %(publisher_id)s, %(plane_uri)s, %(product_id)s, %(meta_release)s, %(data_release)s,
    %(data_product_type)s, %(calibration_level)s, %(provenance_name)s, %(provenance_version)s,
    %(provenance_producer)s, %(provenance_last_executed)s, %(bounds)s, %(bounds_size)s, %(sample_size)s, %(naxis1)s,
    %(naxis2)s, %(bandpass_name)s, %(time_lower)s, %(time_upper)s, %(time_width)s, %(time_exposure)s,
    %(now)s, %(now)s, %(checksum)s, %(accumulated)s
)
on conflict (planeID) do update set
    obsID = excluded.obsID,
    publisherID = excluded.publisherID,
    planeURI = excluded.planeURI,
    productID = excluded.productID,
    metaRelease = excluded.metaRelease,
    dataRelease = excluded.dataRelease,
    dataProductType = excluded.dataProductType,
    calibrationLevel = excluded.calibrationLevel,
    provenance_name = excluded.provenance_name,
    provenance_version = excluded.provenance_version,
    provenance_producer = excluded.provenance_producer,
    provenance_lastExecuted = excluded.provenance_lastExecuted,
    position_bounds = excluded.position_bounds,
    position_bounds_size = excluded.position_bounds_size,
    position_sampleSize = excluded.position_sampleSize,
    position_dimension_naxis1 = excluded.position_dimension_naxis1,
    position_dimension_naxis2 = excluded.position_dimension_naxis2,
    energy_bandpassName = excluded.energy_bandpassName,
    time_bounds_lower = excluded.time_bounds_lower,
    time_bounds_upper = excluded.time_bounds_upper,
    time_bounds_width = excluded.time_bounds_width,
    time_exposure = excluded.time_exposure,
    lastModified = case when p.metaChecksum = excluded.metaChecksum then p.lastModified else %(now)s end,
    maxLastModified = excluded.maxLastModified,
    metaChecksum = excluded.metaChecksum,
    accMetaChecksum = excluded.accMetaChecksum
where p.accMetaChecksum <> excluded.accMetaChecksum;

-- name: put_position
-- The centre of a plane, and the box around its footprint.
insert into caom2_ai.plane_position as s (planeID, ra, dec, healpix, extent, modified)
select p.planeID, %(ra)s, %(dec)s, %(healpix)s, caom2_ai.chart_box(p.position_bounds), p.lastModified
from caom2.Plane p
where p.planeID = %(plane_id)s
on conflict (planeID) do update set ra = excluded.ra, dec = excluded.dec, healpix = excluded.healpix,
    extent = excluded.extent, modified = excluded.modified
where (s.ra, s.dec, s.modified) is distinct from (excluded.ra, excluded.dec, excluded.modified);

-- name: delete_position
-- A plane that has no place on the sky any longer.
delete from caom2_ai.plane_position where planeID = %(plane_id)s;

-- name: copy_release
-- A fingerprint shows what is in the pixels: it must not stay public one moment longer than they are.
update caom2_ai.fingerprint
set metaRelease = %(meta_release)s, dataRelease = %(data_release)s
where planeID = %(plane_id)s
    and (metaRelease, dataRelease) is distinct from (%(meta_release)s::timestamp, %(data_release)s::timestamp);

-- name: put_artifact
-- lastModified moves when the file changed, maxLastModified when a part did.
insert into caom2.Artifact as a (
    artifactID, planeID, uri, productType, releaseType, contentType, contentLength, contentChecksum,
    lastModified, maxLastModified, metaChecksum, accMetaChecksum
) values (
    %(artifact_id)s, %(plane_id)s, %(uri)s, %(product_type)s, 'data', %(content_type)s, %(content_length)s,
    %(content_checksum)s, %(now)s, %(now)s, %(checksum)s, %(accumulated)s
)
on conflict (artifactID) do update set
    planeID = excluded.planeID,
    uri = excluded.uri,
    productType = excluded.productType,
    contentType = excluded.contentType,
    contentLength = excluded.contentLength,
    contentChecksum = excluded.contentChecksum,
    lastModified = case when a.metaChecksum = excluded.metaChecksum then a.lastModified else %(now)s end,
    maxLastModified = excluded.maxLastModified,
    metaChecksum = excluded.metaChecksum,
    accMetaChecksum = excluded.accMetaChecksum
where a.accMetaChecksum <> excluded.accMetaChecksum;

-- name: put_part
-- One HDU.
insert into caom2.Part as t (
    partID, artifactID, name, productType, lastModified, maxLastModified, metaChecksum, accMetaChecksum
) values (
    %(part_id)s, %(artifact_id)s, %(name)s, %(product_type)s, %(now)s, %(now)s, %(checksum)s, %(checksum)s
)
on conflict (partID) do update set
    artifactID = excluded.artifactID,
    name = excluded.name,
    productType = excluded.productType,
    lastModified = excluded.lastModified,
    maxLastModified = excluded.maxLastModified,
    metaChecksum = excluded.metaChecksum,
    accMetaChecksum = excluded.accMetaChecksum
where t.metaChecksum <> excluded.metaChecksum;

-- name: delete_parts
-- HDUs that the file has no longer.
delete from caom2.Part where artifactID = %(artifact_id)s and partID <> all(%(part_ids)s);

-- name: move_fingerprints
-- The same file at another place: what was measured in it still holds.
update caom2_ai.part_fingerprint set artifactURI = %(uri)s where artifactURI = %(old_uri)s;

-- name: delete_artifact
-- The parts go with it.
delete from caom2.Artifact where artifactID = %(artifact_id)s;

-- name: delete_plane
-- Artifacts and parts go with it.
delete from caom2.Plane where planeID = %(plane_id)s;

-- name: delete_fingerprint
-- The fingerprint of a plane that is gone; its parts wait for the plane under its new name.
delete from caom2_ai.fingerprint where planeID = %(plane_id)s;

-- name: delete_empty_observation
-- An observation without planes says nothing.
delete from caom2.Observation o
where o.obsID = %(obs_id)s and not exists (select from caom2.Plane p where p.obsID = o.obsID);
