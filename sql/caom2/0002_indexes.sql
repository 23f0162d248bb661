-- Indexes of the columns that CAOM's TAP_SCHEMA says to have one, and that 0001 left without.
create index observation_collection on caom2.Observation (collection, observationID);
create index observation_observationid on caom2.Observation (observationID);
create index observation_proposal_id on caom2.Observation (proposal_id);
create index observation_telescope_name on caom2.Observation (telescope_name);
create index observation_instrument_name on caom2.Observation (instrument_name);

create index plane_productid on caom2.Plane (productID);
create index plane_metarelease on caom2.Plane (metaRelease);
create index plane_datarelease on caom2.Plane (dataRelease);
create index plane_provenance_runid on caom2.Plane (provenance_runID) where provenance_runID is not null;
create index plane_energy_bounds_lower on caom2.Plane (energy_bounds_lower);
create index plane_energy_bounds_upper on caom2.Plane (energy_bounds_upper);
create index plane_energy_restwav on caom2.Plane (energy_restwav) where energy_restwav is not null;
create index plane_time_bounds_lower on caom2.Plane (time_bounds_lower);
create index plane_time_bounds_upper on caom2.Plane (time_bounds_upper);
create index plane_time_bounds_width on caom2.Plane (time_bounds_width);
create index plane_polarization_states on caom2.Plane (polarization_states) where polarization_states is not null;
create index plane_lastmodified on caom2.Plane (lastModified);
create index plane_maxlastmodified on caom2.Plane (maxLastModified);

create index artifact_contentrelease on caom2.Artifact (contentRelease) where contentRelease is not null;
create index artifact_lastmodified on caom2.Artifact (lastModified);
create index artifact_maxlastmodified on caom2.Artifact (maxLastModified);
create index part_lastmodified on caom2.Part (lastModified);
create index part_maxlastmodified on caom2.Part (maxLastModified);
