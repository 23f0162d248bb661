-- ivoa.ObsCore (ObsCore 1.1): the science products whose metadata are public, as CAOM describes them.
-- access_url is the links service's query alone: the address before it is the request's.
-- A product whose calibration nobody stated is of level 1: a standard format is all that is sure, and ObsCore knows no NULL.
create view caom2_ai_view.obscore as
select
    p.dataProductType as dataproduct_type, coalesce(p.calibrationLevel, 1) as calib_level, o.collection as obs_collection,
    o.observationID as obs_id, p.publisherID as obs_publisher_did,
    'ID=' || replace(replace(replace(replace(replace(
        p.publisherID, '%', '%25'), '+', '%2B'), '&', '%26'), '#', '%23'), ' ', '%20') as access_url,
    'application/x-votable+xml;content=datalink'::text as access_format, null::bigint as access_estsize,
    o.target_name, s.ra as s_ra, s.dec as s_dec, p.position_bounds_size as s_fov, p.position_bounds as s_region,
    p.position_resolution as s_resolution, p.position_dimension_naxis1 as s_xel1, p.position_dimension_naxis2 as s_xel2,
    p.time_bounds_lower as t_min, p.time_bounds_upper as t_max, p.time_exposure as t_exptime,
    p.time_resolution * 86400 as t_resolution, p.time_dimension as t_xel, p.energy_bounds_lower as em_min,
    p.energy_bounds_upper as em_max, p.energy_resolvingPower as em_res_power, p.energy_dimension as em_xel,
    p.observable_ucd as o_ucd, p.polarization_states as pol_states, p.polarization_dimension::bigint as pol_xel,
    o.telescope_name as facility_name, o.instrument_name,
    p.creatorID as obs_creator_did, p.provenance_lastExecuted as obs_creation_date, p.dataRelease as obs_release_date,
    case when p.dataRelease <= now() at time zone 'UTC' then 'public' else 'proprietary' end as data_rights,
    p.position_sampleSize as s_pixel_scale, case when p.energy_bounds_lower is not null then 'em.wl' end as em_ucd,
    o.proposal_id, s.healpix as s_healpix, s.extent as s_extent,
    (p.metaRelease <= now() at time zone 'UTC' and o.metaRelease <= now() at time zone 'UTC') is true as visible
from caom2.Plane p
join caom2.Observation o on o.obsID = p.obsID
left join caom2_ai.plane_centre s on s.planeID = p.planeID
where p.metaRelease <= now() at time zone 'UTC' and o.metaRelease <= now() at time zone 'UTC'
    and o.intent = 'science' and (p.calibrationLevel between 0 and 4 or p.calibrationLevel is null)
    and p.dataProductType::text in ('image', 'cube', 'spectrum', 'sed', 'timeseries', 'visibility', 'event', 'measurements');
comment on column caom2_ai_view.obscore.s_healpix is 'twin: healpix, place of s_ra, s_dec';
comment on column caom2_ai_view.obscore.s_extent is 'twin: box of s_region';
