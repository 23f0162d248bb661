-- The planes whose metadata are public. Columns that depend on extensions of PostgreSQL are not shown.
create view caom2_ai_view.plane as
select
    p.publisherID, p.obsID, p.planeID, p.planeURI, p.creatorID, p.productID, p.metaRelease,
    p.metaReadGroups, p.dataRelease, p.dataReadGroups, p.dataProductType, p.calibrationLevel,
    p.provenance_name, p.provenance_version, p.provenance_reference, p.provenance_producer,
    p.provenance_project, p.provenance_runID, p.provenance_lastExecuted,
    p.provenance_keywords::text as provenance_keywords, p.provenance_inputs, p.metrics_sourceNumberDensity,
    p.metrics_background, p.metrics_backgroundStddev, p.metrics_fluxDensityLimit, p.metrics_magLimit,
    p.observable_ucd, p.quality_flag, p.position_bounds, p.position_bounds_samples, p.position_bounds_size,
    p.position_resolution, p.position_sampleSize, p.position_dimension_naxis1, p.position_dimension_naxis2,
    p.position_timeDependent, p.energy_bounds_lower, p.energy_bounds_upper, p.energy_bounds_width,
    p.energy_dimension, p.energy_resolvingPower, p.energy_sampleSize, p.energy_energyBands,
    p.energy_bandpassName, p.energy_transition_species, p.energy_transition_transition, p.energy_freqWidth,
    p.energy_freqSampleSize, p.energy_restwav, p.time_bounds_lower, p.time_bounds_upper,
    p.time_bounds_width, p.time_dimension, p.time_resolution, p.time_sampleSize, p.time_exposure,
    p.polarization_states, p.polarization_dimension, p.custom_ctype, p.custom_bounds_lower,
    p.custom_bounds_upper, p.custom_bounds_width, p.custom_dimension, p.metaProducer, p.lastModified,
    p.maxLastModified, p.metaChecksum, p.accMetaChecksum,
    s.ra as position_bounds_ra, s.dec as position_bounds_dec, s.healpix as position_bounds_healpix,
    s.extent as position_bounds_extent,
    (p.metaRelease <= now() at time zone 'UTC') is true as visible
from caom2.Plane p
left join caom2_ai.plane_centre s on s.planeID = p.planeID
where p.metaRelease <= now() at time zone 'UTC';
comment on column caom2_ai_view.plane.position_bounds_ra is 'twin: ra of centroid(position_bounds)';
comment on column caom2_ai_view.plane.position_bounds_dec is 'twin: dec of centroid(position_bounds)';
comment on column caom2_ai_view.plane.position_bounds_healpix is 'twin: healpix, place of centroid(position_bounds)';
comment on column caom2_ai_view.plane.position_bounds_extent is 'twin: box of position_bounds';
