-- The observations whose metadata are public.
create view caom2_ai_view.observation as
select
    o.observationURI, o.obsID, o.collection, o.observationID, o.algorithm_name, o.type, o.intent,
    o.sequenceNumber, o.metaRelease, o.metaReadGroups, o.proposal_id, o.proposal_pi, o.proposal_project,
    o.proposal_title::text as proposal_title, o.proposal_keywords::text as proposal_keywords, o.target_name,
    o.target_targetID, o.target_type, o.target_standard, o.target_redshift, o.target_moving,
    o.target_keywords::text as target_keywords, o.targetPosition_coordsys, o.targetPosition_equinox,
    o.targetPosition_coordinates_cval1, o.targetPosition_coordinates_cval2, o.telescope_name,
    o.telescope_geoLocationX, o.telescope_geoLocationY, o.telescope_geoLocationZ,
    o.telescope_keywords::text as telescope_keywords, o.requirements_flag, o.instrument_name,
    o.instrument_keywords::text as instrument_keywords, o.environment_seeing, o.environment_humidity,
    o.environment_elevation, o.environment_tau, o.environment_wavelengthTau, o.environment_ambientTemp,
    o.environment_photometric, o.members, o.typeCode, o.metaProducer, o.lastModified, o.maxLastModified,
    o.metaChecksum, o.accMetaChecksum,
    (o.metaRelease <= now() at time zone 'UTC') is true as visible
from caom2.Observation o
where o.metaRelease <= now() at time zone 'UTC';
