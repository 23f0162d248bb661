-- TAP_SCHEMA rows of the CAOM 2.4 tables: the columns of the views caom2_ai_view.observation, plane, artifact and part.
-- Lengths of text are those of the database: CAOM's own declarations are shorter than what its columns may hold.
-- Idempotent; together with caom2_ai.sql, whose keys lead here.
delete from tap_schema.key_columns where key_id in (
    select key_id from tap_schema.keys where from_table like 'caom2.%' or target_table like 'caom2.%'
);
delete from tap_schema.keys where from_table like 'caom2.%' or target_table like 'caom2.%';
delete from tap_schema.columns where table_name like 'caom2.%';
delete from tap_schema.tables where schema_name = 'caom2';
delete from tap_schema.schemas where schema_name = 'caom2';

insert into tap_schema.schemas (schema_name, utype, description, schema_index) values
    ('caom2', 'caom2', 'Common Archive Observation Model, version 2.4: what the archive holds', 2);

insert into tap_schema.tables (schema_name, table_name, table_type, utype, description, table_index) values
    ('caom2', 'caom2.Observation', 'table', 'caom2:Observation', 'Observations: one pointing or one combination of pointings', 11),
    ('caom2', 'caom2.Plane', 'table', 'caom2:Plane', 'Planes: the data products of an observation', 12),
    ('caom2', 'caom2.Artifact', 'table', 'caom2:Artifact', 'Artifacts: the files of a plane', 13),
    ('caom2', 'caom2.Part', 'table', 'caom2:Part', 'Parts: the extensions of a file', 14);

insert into tap_schema.columns (
    table_name, column_index, column_name, datatype, arraysize, xtype, unit, ucd, utype, indexed, principal, std, description
) values
    ('caom2.Observation', 1, 'observationURI', 'char', '*', 'caom2:uri', null, 'meta.ref.uri;obs', 'caom2:Observation.uri', 1, 1, 1, 'CAOM identifier of the observation'),
    ('caom2.Observation', 2, 'obsID', 'char', '36', 'caom2:uuid', null, 'meta.id;obs', 'caom2:Observation.id', 1, 1, 1, 'unique identifier of the observation'),
    ('caom2.Observation', 3, 'collection', 'char', '64*', null, null, 'meta.id', 'caom2:Observation.collection', 1, 1, 1, 'collection of data to which the observation belongs'),
    ('caom2.Observation', 4, 'observationID', 'char', '256*', null, null, 'meta.id;obs', 'caom2:Observation.observationID', 1, 1, 1, 'identifier of the observation within its collection'),
    ('caom2.Observation', 5, 'algorithm_name', 'char', '64*', null, null, 'meta.id;meta.software', 'caom2:Observation.algorithm.name', 0, 0, 0, 'process that made the observation: exposure, or how several were combined'),
    ('caom2.Observation', 6, 'type', 'char', '32*', null, null, 'meta.code.class;obs', 'caom2:Observation.type', 0, 1, 1, 'FITS OBSTYPE: kind of exposure, such as OBJECT, FLAT, DARK'),
    ('caom2.Observation', 7, 'intent', 'char', '32*', null, null, 'meta.code.class;obs', 'caom2:Observation.intent', 0, 0, 1, 'what the observation was made for: science or calibration'),
    ('caom2.Observation', 8, 'sequenceNumber', 'int', null, null, null, 'meta.id;obs', 'caom2:Observation.sequenceNumber', 0, 0, 0, 'number assigned by the instrument'),
    ('caom2.Observation', 9, 'metaRelease', 'char', '23*', 'timestamp', null, 'time.release', 'caom2:Observation.metaRelease', 0, 0, 0, 'when the metadata become public (UTC)'),
    ('caom2.Observation', 10, 'metaReadGroups', 'char', '*', null, null, 'meta.id', 'caom2:Observation.metaReadGroups', 0, 0, 0, 'groups that may read the metadata before'),
    ('caom2.Observation', 11, 'proposal_id', 'char', '64*', null, null, 'meta.id;obs.proposal', 'caom2:Observation.proposal.id', 1, 0, 0, 'identifier of the proposal'),
    ('caom2.Observation', 12, 'proposal_pi', 'unicodeChar', '64*', null, null, 'meta.id.PI;obs.proposal', 'caom2:Observation.proposal.pi', 0, 0, 0, 'principal investigator'),
    ('caom2.Observation', 13, 'proposal_project', 'unicodeChar', '64*', null, null, 'meta.id;obs.proposal', 'caom2:Observation.proposal.project', 0, 1, 0, 'project of the proposal'),
    ('caom2.Observation', 14, 'proposal_title', 'unicodeChar', '*', null, null, 'meta.title;obs.proposal', 'caom2:Observation.proposal.title', 0, 0, 0, 'title of the proposal'),
    ('caom2.Observation', 15, 'proposal_keywords', 'unicodeChar', '*', null, null, 'meta.note;obs.proposal', 'caom2:Observation.proposal.keywords', 0, 0, 0, 'keywords of the proposal, joined by |'),
    ('caom2.Observation', 16, 'target_name', 'unicodeChar', '64*', null, null, 'meta.id;src', 'caom2:Observation.target.name', 0, 1, 0, 'name of the target'),
    ('caom2.Observation', 17, 'target_targetID', 'char', '128*', 'caom2:uri', null, 'meta.ref.uri;src', 'caom2:Observation.target.targetID', 0, 1, 0, 'identifier of the target'),
    ('caom2.Observation', 18, 'target_type', 'char', '64*', null, null, 'meta.code.class;src', 'caom2:Observation.target.type', 0, 1, 0, 'kind of target: field or object'),
    ('caom2.Observation', 19, 'target_standard', 'int', null, null, null, 'meta.code;src', 'caom2:Observation.target.standard', 0, 0, 0, '1 if the target is a standard, for calibration'),
    ('caom2.Observation', 20, 'target_redshift', 'double', null, null, null, 'src.redshift', 'caom2:Observation.target.redshift', 0, 0, 0, 'redshift of the target'),
    ('caom2.Observation', 21, 'target_moving', 'int', null, null, null, 'meta.code;src', 'caom2:Observation.target.moving', 0, 0, 0, '1 if the target moves'),
    ('caom2.Observation', 22, 'target_keywords', 'unicodeChar', '*', null, null, 'meta.note;src', 'caom2:Observation.target.keywords', 0, 0, 0, 'keywords of the target, joined by |'),
    ('caom2.Observation', 23, 'targetPosition_coordsys', 'char', '16*', null, null, 'pos.frame', 'caom2:Observation.targetPosition.coordsys', 0, 0, 0, 'coordinate system of the intended position'),
    ('caom2.Observation', 24, 'targetPosition_equinox', 'double', null, null, 'yr', 'time.equinox', 'caom2:Observation.targetPosition.equinox', 0, 0, 0, 'equinox of the intended position'),
    ('caom2.Observation', 25, 'targetPosition_coordinates_cval1', 'double', null, null, 'deg', 'pos.eq.ra;src', 'caom2:Observation.targetPosition.coordinates.cval1', 0, 0, 0, 'longitude of the intended position'),
    ('caom2.Observation', 26, 'targetPosition_coordinates_cval2', 'double', null, null, 'deg', 'pos.eq.dec;src', 'caom2:Observation.targetPosition.coordinates.cval2', 0, 0, 0, 'latitude of the intended position'),
    ('caom2.Observation', 27, 'telescope_name', 'char', '64*', null, null, 'meta.id;instr.tel', 'caom2:Observation.telescope.name', 1, 1, 1, 'name of the telescope'),
    ('caom2.Observation', 28, 'telescope_geoLocationX', 'double', null, null, 'm', 'pos.cartesian.x;pos.geocentric', 'caom2:Observation.telescope.geoLocationX', 0, 0, 0, 'geocentric x of the telescope'),
    ('caom2.Observation', 29, 'telescope_geoLocationY', 'double', null, null, 'm', 'pos.cartesian.y;pos.geocentric', 'caom2:Observation.telescope.geoLocationY', 0, 0, 0, 'geocentric y of the telescope'),
    ('caom2.Observation', 30, 'telescope_geoLocationZ', 'double', null, null, 'm', 'pos.cartesian.z;pos.geocentric', 'caom2:Observation.telescope.geoLocationZ', 0, 0, 0, 'geocentric z of the telescope'),
    ('caom2.Observation', 31, 'telescope_keywords', 'unicodeChar', '*', null, null, 'meta.note;instr.tel', 'caom2:Observation.telescope.keywords', 0, 0, 0, 'keywords of the telescope, joined by |'),
    ('caom2.Observation', 32, 'requirements_flag', 'char', '16*', null, null, 'meta.code.qual;obs', 'caom2:Observation.requirements.flag', 0, 1, 0, 'fail if the observation did not meet its requirements'),
    ('caom2.Observation', 33, 'instrument_name', 'char', '64*', null, null, 'meta.id;instr', 'caom2:Observation.instrument.name', 1, 1, 1, 'name of the instrument'),
    ('caom2.Observation', 34, 'instrument_keywords', 'unicodeChar', '*', null, null, 'meta.note;instr', 'caom2:Observation.instrument.keywords', 0, 0, 0, 'keywords of the instrument''s configuration, joined by |'),
    ('caom2.Observation', 35, 'environment_seeing', 'double', null, null, 'arcsec', 'instr.obsty.seeing', 'caom2:Observation.environment.seeing', 0, 0, 0, 'seeing'),
    ('caom2.Observation', 36, 'environment_humidity', 'double', null, null, null, 'phys.pressure;arith.ratio;obs.atmos', 'caom2:Observation.environment.humidity', 0, 0, 0, 'relative humidity'),
    ('caom2.Observation', 37, 'environment_elevation', 'double', null, null, 'deg', 'pos.az.alt', 'caom2:Observation.environment.elevation', 0, 0, 0, 'elevation of the target above the horizon'),
    ('caom2.Observation', 38, 'environment_tau', 'double', null, null, null, 'phys.absorption.opticalDepth;obs.atmos', 'caom2:Observation.environment.tau', 0, 0, 0, 'zenith optical depth'),
    ('caom2.Observation', 39, 'environment_wavelengthTau', 'double', null, null, 'm', 'em.wl;obs.atmos', 'caom2:Observation.environment.wavelengthTau', 0, 0, 0, 'wavelength at which the optical depth was measured'),
    ('caom2.Observation', 40, 'environment_ambientTemp', 'double', null, null, 'C', 'phys.temperature;obs.atmos', 'caom2:Observation.environment.ambientTemp', 0, 0, 0, 'ambient temperature, Celsius'),
    ('caom2.Observation', 41, 'environment_photometric', 'int', null, null, null, 'meta.code.qual;obs.atmos', 'caom2:Observation.environment.photometric', 0, 0, 0, '1 if conditions were photometric'),
    ('caom2.Observation', 42, 'members', 'char', '*', null, null, 'meta.ref.uri;obs', 'caom2:Observation.members', 0, 0, 0, 'observations of which this one was made'),
    ('caom2.Observation', 43, 'typeCode', 'char', null, null, null, 'meta.code.class;obs', 'caom2:Observation.typeCode', 0, 0, 0, 'S: simple, one exposure; C or D: derived from others'),
    ('caom2.Observation', 44, 'metaProducer', 'char', '*', 'caom2:uri', null, 'meta.ref.uri;meta.software', 'caom2:Observation.metaProducer', 0, 1, 0, 'software that made the metadata'),
    ('caom2.Observation', 45, 'lastModified', 'char', '23*', 'timestamp', null, 'time.processing;meta.dataset', 'caom2:Observation.lastModified', 0, 1, 0, 'when this record changed (UTC)'),
    ('caom2.Observation', 46, 'maxLastModified', 'char', '23*', 'timestamp', null, 'time.processing;meta.dataset', 'caom2:Observation.maxLastModified', 0, 1, 0, 'when this record or one below it changed (UTC)'),
    ('caom2.Observation', 47, 'metaChecksum', 'char', '*', 'caom2:uri', null, 'meta.checksum;meta.dataset', 'caom2:Observation.metaChecksum', 0, 1, 0, 'checksum of this record'),
    ('caom2.Observation', 48, 'accMetaChecksum', 'char', '*', 'caom2:uri', null, 'meta.checksum;meta.dataset', 'caom2:Observation.accMetaChecksum', 0, 1, 0, 'checksum of this record and all below it');

insert into tap_schema.columns (
    table_name, column_index, column_name, datatype, arraysize, xtype, unit, ucd, utype, indexed, principal, std, description
) values
    ('caom2.Plane', 1, 'publisherID', 'char', '*', 'caom2:uri', null, 'meta.ref.ivoid', 'caom2:Plane.publisherID', 1, 1, 1, 'identifier by which the archive publishes the data product'),
    ('caom2.Plane', 2, 'obsID', 'char', '36', 'caom2:uuid', null, 'meta.id;obs', 'caom2:Observation.id', 1, 1, 0, 'unique identifier of the observation'),
    ('caom2.Plane', 3, 'planeID', 'char', '36', 'caom2:uuid', null, 'meta.id;meta.dataset', 'caom2:Plane.id', 1, 1, 1, 'unique identifier of the plane'),
    ('caom2.Plane', 4, 'planeURI', 'char', '*', 'caom2:uri', null, 'meta.ref.uri;meta.dataset', 'caom2:Plane.uri', 1, 1, 1, 'CAOM identifier of the plane'),
    ('caom2.Plane', 5, 'creatorID', 'char', '*', 'caom2:uri', null, 'meta.ref.ivoid;meta.curation', 'caom2:Plane.creatorID', 1, 1, 1, 'identifier given by the creator of the data'),
    ('caom2.Plane', 6, 'productID', 'char', '128*', null, null, 'meta.id;meta.dataset', 'caom2:Plane.productID', 1, 1, 1, 'identifier of the product within its observation'),
    ('caom2.Plane', 7, 'metaRelease', 'char', '23*', 'timestamp', null, 'time.release', 'caom2:Plane.metaRelease', 1, 0, 0, 'when the metadata become public (UTC)'),
    ('caom2.Plane', 8, 'metaReadGroups', 'char', '*', null, null, 'meta.id', 'caom2:Plane.metaReadGroups', 0, 0, 0, 'groups that may read the metadata before'),
    ('caom2.Plane', 9, 'dataRelease', 'char', '23*', 'timestamp', null, 'time.release', 'caom2:Plane.dataRelease', 1, 0, 0, 'when the data become public (UTC)'),
    ('caom2.Plane', 10, 'dataReadGroups', 'char', '*', null, null, 'meta.id', 'caom2:Plane.dataReadGroups', 0, 0, 0, 'groups that may read the data before'),
    ('caom2.Plane', 11, 'dataProductType', 'char', '64*', null, null, 'meta.code.class', 'caom2:Plane.dataProductType', 0, 1, 1, 'kind of data: image, spectrum, cube, ...'),
    ('caom2.Plane', 12, 'calibrationLevel', 'int', null, null, null, 'meta.code;obs.calib', 'caom2:Plane.calibrationLevel', 0, 1, 1, '-1 planned, 0 and 1 raw, 2 calibrated, 3 product, 4 analysis product'),
    ('caom2.Plane', 13, 'provenance_name', 'char', '64*', null, null, 'meta.id;meta.software', 'caom2:Plane.provenance.name', 0, 0, 1, 'process that made the data'),
    ('caom2.Plane', 14, 'provenance_version', 'char', '64*', null, null, 'meta.version;meta.software', 'caom2:Plane.provenance.version', 0, 0, 0, 'version of the process'),
    ('caom2.Plane', 15, 'provenance_reference', 'char', '*', null, null, 'meta.ref.url;meta.software', 'caom2:Plane.provenance.reference', 0, 0, 0, 'where the process is described'),
    ('caom2.Plane', 16, 'provenance_producer', 'unicodeChar', '256*', null, null, 'meta.id;meta.curation', 'caom2:Plane.provenance.producer', 0, 0, 0, 'who ran the process'),
    ('caom2.Plane', 17, 'provenance_project', 'unicodeChar', '256*', null, null, 'meta.id;meta.curation', 'caom2:Plane.provenance.project', 0, 0, 0, 'project that made the data'),
    ('caom2.Plane', 18, 'provenance_runID', 'char', '256*', null, null, 'meta.id;time.processing', 'caom2:Plane.provenance.runID', 1, 0, 0, 'identifier of the run of the process'),
    ('caom2.Plane', 19, 'provenance_lastExecuted', 'char', '23*', 'timestamp', null, 'time.processing', 'caom2:Plane.provenance.lastExecuted', 0, 0, 0, 'when the process ran (UTC)'),
    ('caom2.Plane', 20, 'provenance_keywords', 'unicodeChar', '*', null, null, 'meta.note;meta.software', 'caom2:Plane.provenance.keywords', 0, 0, 0, 'keywords of the process, joined by |'),
    ('caom2.Plane', 21, 'provenance_inputs', 'char', '*', null, null, 'meta.ref.uri;meta.dataset', 'caom2:Plane.provenance.inputs', 0, 0, 0, 'planes from which the data were made'),
    ('caom2.Plane', 22, 'metrics_sourceNumberDensity', 'double', null, null, 'deg**-2', 'src.density', 'caom2:Plane.metrics.sourceNumberDensity', 0, 0, 0, 'number of sources per area'),
    ('caom2.Plane', 23, 'metrics_background', 'double', null, null, 'Jy/pix', 'instr.background', 'caom2:Plane.metrics.background', 0, 0, 0, 'background'),
    ('caom2.Plane', 24, 'metrics_backgroundStddev', 'double', null, null, 'Jy/pix', 'stat.stdev;instr.background', 'caom2:Plane.metrics.backgroundStddev', 0, 0, 0, 'standard deviation of the background'),
    ('caom2.Plane', 25, 'metrics_fluxDensityLimit', 'double', null, null, 'Jy', 'phot.flux.density;stat.min', 'caom2:Plane.metrics.fluxDensityLimit', 0, 0, 0, 'flux density of a point source at five times the noise'),
    ('caom2.Plane', 26, 'metrics_magLimit', 'double', null, null, 'mag', 'phot.mag;stat.max', 'caom2:Plane.metrics.magLimit', 0, 0, 0, 'AB magnitude of a point source at five times the noise'),
    ('caom2.Plane', 27, 'observable_ucd', 'char', '64*', null, null, 'meta.ucd', 'caom2:Plane.observable.ucd', 0, 0, 0, 'what the pixels measure, as a UCD'),
    ('caom2.Plane', 28, 'quality_flag', 'char', '16*', null, null, 'meta.code.qual', 'caom2:Plane.quality.flag', 0, 0, 0, 'junk if the data are of no use'),
    ('caom2.Plane', 29, 'position_bounds', 'char', '*', 'caom2:shape', 'deg', 'pos.outline;obs.field', 'caom2:Plane.position.bounds', 1, 1, 1, 'outline on the sky (ICRS)'),
    ('caom2.Plane', 30, 'position_bounds_samples', 'char', '*', 'caom2:multishape', 'deg', 'pos.outline;obs.field', 'caom2:Plane.position.bounds.samples', 0, 0, 0, 'outlines of the parts on the sky (ICRS)'),
    ('caom2.Plane', 31, 'position_bounds_size', 'double', null, null, 'deg', 'phys.angSize;instr.fov', 'caom2:Plane.position.bounds.size', 0, 0, 0, 'diameter of the smallest circle around the outline'),
    ('caom2.Plane', 32, 'position_resolution', 'double', null, null, 'arcsec', 'pos.angResolution', 'caom2:Plane.position.resolution', 0, 0, 0, 'resolution on the sky'),
    ('caom2.Plane', 33, 'position_sampleSize', 'double', null, null, 'arcsec', 'phys.angSize;instr.pixel', 'caom2:Plane.position.sampleSize', 0, 0, 0, 'size of a pixel on the sky'),
    ('caom2.Plane', 34, 'position_dimension_naxis1', 'long', null, null, null, 'meta.number', 'caom2:Plane.position.dimension.naxis1', 0, 0, 0, 'pixels along the first axis'),
    ('caom2.Plane', 35, 'position_dimension_naxis2', 'long', null, null, null, 'meta.number', 'caom2:Plane.position.dimension.naxis2', 0, 0, 0, 'pixels along the second axis'),
    ('caom2.Plane', 36, 'position_timeDependent', 'int', null, null, null, 'meta.code', 'caom2:Plane.position.timeDependent', 0, 0, 0, '1 if the position changes with time'),
    ('caom2.Plane', 37, 'energy_bounds_lower', 'double', null, null, 'm', 'em.wl;stat.min', 'caom2:Plane.energy.bounds.lower', 1, 0, 0, 'shortest wavelength'),
    ('caom2.Plane', 38, 'energy_bounds_upper', 'double', null, null, 'm', 'em.wl;stat.max', 'caom2:Plane.energy.bounds.upper', 1, 0, 0, 'longest wavelength'),
    ('caom2.Plane', 39, 'energy_bounds_width', 'double', null, null, 'm', 'instr.bandwidth', 'caom2:Plane.energy.bounds.width', 0, 0, 0, 'width of the band'),
    ('caom2.Plane', 40, 'energy_dimension', 'long', null, null, null, 'meta.number', 'caom2:Plane.energy.dimension', 0, 0, 0, 'pixels along the wavelength axis'),
    ('caom2.Plane', 41, 'energy_resolvingPower', 'double', null, null, null, 'spect.resolution', 'caom2:Plane.energy.resolvingPower', 0, 0, 0, 'resolving power'),
    ('caom2.Plane', 42, 'energy_sampleSize', 'double', null, null, 'm', 'em.wl;spect.binSize', 'caom2:Plane.energy.sampleSize', 0, 0, 0, 'width of a pixel in wavelength'),
    ('caom2.Plane', 43, 'energy_energyBands', 'char', '64*', null, null, 'instr.bandpass', 'caom2:Plane.energy.energyBands', 0, 0, 0, 'parts of the spectrum, such as Optical, joined by |'),
    ('caom2.Plane', 44, 'energy_bandpassName', 'unicodeChar', '64*', null, null, 'instr.bandpass', 'caom2:Plane.energy.bandpassName', 0, 0, 0, 'name of the filter'),
    ('caom2.Plane', 45, 'energy_transition_species', 'char', '32*', null, null, 'phys.atmol.element', 'caom2:Plane.energy.transition.species', 0, 0, 0, 'atom or molecule of the spectral line'),
    ('caom2.Plane', 46, 'energy_transition_transition', 'char', '32*', null, null, 'meta.id;phys.atmol.transition', 'caom2:Plane.energy.transition.transition', 0, 0, 0, 'transition of the spectral line'),
    ('caom2.Plane', 47, 'energy_freqWidth', 'double', null, null, 'Hz', 'instr.bandwidth;em.freq', 'caom2:Plane.energy.freqWidth', 0, 0, 0, 'width of the band in frequency'),
    ('caom2.Plane', 48, 'energy_freqSampleSize', 'double', null, null, 'Hz', 'em.freq;spect.binSize', 'caom2:Plane.energy.freqSampleSize', 0, 0, 0, 'width of a pixel in frequency'),
    ('caom2.Plane', 49, 'energy_restwav', 'double', null, null, 'm', 'em.wl;spect.line', 'caom2:Plane.energy.restwav', 1, 0, 0, 'rest wavelength of the line'),
    ('caom2.Plane', 50, 'time_bounds_lower', 'double', null, null, 'd', 'time.start;obs.exposure', 'caom2:Plane.time.bounds.lower', 1, 0, 0, 'start of the exposure (MJD)'),
    ('caom2.Plane', 51, 'time_bounds_upper', 'double', null, null, 'd', 'time.end;obs.exposure', 'caom2:Plane.time.bounds.upper', 1, 0, 0, 'end of the exposure (MJD)'),
    ('caom2.Plane', 52, 'time_bounds_width', 'double', null, null, 'd', 'time.duration;obs', 'caom2:Plane.time.bounds.width', 1, 0, 0, 'time from start to end'),
    ('caom2.Plane', 53, 'time_dimension', 'long', null, null, null, 'meta.number', 'caom2:Plane.time.dimension', 0, 0, 0, 'pixels along the time axis'),
    ('caom2.Plane', 54, 'time_resolution', 'double', null, null, 'd', 'time.resolution', 'caom2:Plane.time.resolution', 0, 0, 0, 'resolution in time'),
    ('caom2.Plane', 55, 'time_sampleSize', 'double', null, null, 'd', 'time.interval', 'caom2:Plane.time.sampleSize', 0, 0, 0, 'width of a pixel in time'),
    ('caom2.Plane', 56, 'time_exposure', 'double', null, null, 's', 'time.duration;obs.exposure', 'caom2:Plane.time.exposure', 0, 0, 0, 'exposure time per pixel'),
    ('caom2.Plane', 57, 'polarization_states', 'char', '34*', null, null, 'meta.code;phys.polarization', 'caom2:Plane.polarization.states', 1, 1, 1, 'polarization states between slashes'),
    ('caom2.Plane', 58, 'polarization_dimension', 'int', null, null, null, 'meta.number', 'caom2:Plane.polarization.dimension', 0, 0, 0, 'number of polarization states'),
    ('caom2.Plane', 59, 'custom_ctype', 'char', '8*', null, null, 'meta.code', 'caom2:Plane.custom.ctype', 0, 0, 0, 'kind of the custom axis'),
    ('caom2.Plane', 60, 'custom_bounds_lower', 'double', null, null, null, 'stat.value;stat.min', 'caom2:Plane.custom.bounds.lower', 0, 0, 0, 'lower end of the custom axis'),
    ('caom2.Plane', 61, 'custom_bounds_upper', 'double', null, null, null, 'stat.value;stat.max', 'caom2:Plane.custom.bounds.upper', 0, 0, 0, 'upper end of the custom axis'),
    ('caom2.Plane', 62, 'custom_bounds_width', 'double', null, null, null, 'stat.value', 'caom2:Plane.custom.bounds.width', 0, 0, 0, 'width of the custom axis'),
    ('caom2.Plane', 63, 'custom_dimension', 'long', null, null, null, 'meta.number', 'caom2:Plane.custom.dimension', 0, 0, 0, 'pixels along the custom axis'),
    ('caom2.Plane', 64, 'metaProducer', 'char', '*', 'caom2:uri', null, 'meta.ref.uri;meta.software', 'caom2:Plane.metaProducer', 0, 1, 0, 'software that made the metadata'),
    ('caom2.Plane', 65, 'lastModified', 'char', '23*', 'timestamp', null, 'time.processing;meta.dataset', 'caom2:Plane.lastModified', 1, 1, 0, 'when this record changed (UTC)'),
    ('caom2.Plane', 66, 'maxLastModified', 'char', '23*', 'timestamp', null, 'time.processing;meta.dataset', 'caom2:Plane.maxLastModified', 1, 1, 0, 'when this record or one below it changed (UTC)'),
    ('caom2.Plane', 67, 'metaChecksum', 'char', '*', 'caom2:uri', null, 'meta.checksum;meta.dataset', 'caom2:Plane.metaChecksum', 0, 1, 0, 'checksum of this record'),
    ('caom2.Plane', 68, 'accMetaChecksum', 'char', '*', 'caom2:uri', null, 'meta.checksum;meta.dataset', 'caom2:Plane.accMetaChecksum', 0, 1, 0, 'checksum of this record and all below it');

insert into tap_schema.columns (
    table_name, column_index, column_name, datatype, arraysize, xtype, unit, ucd, utype, indexed, principal, std, description
) values
    ('caom2.Artifact', 1, 'uri', 'char', '*', 'caom2:uri', null, 'meta.ref.uri;meta.file', 'caom2:Artifact.uri', 1, 1, 1, 'identifier of the file'),
    ('caom2.Artifact', 2, 'planeID', 'char', '36', 'caom2:uuid', null, 'meta.id;meta.dataset', 'caom2:Plane.id', 1, 1, 0, 'unique identifier of the plane'),
    ('caom2.Artifact', 3, 'artifactID', 'char', '36', 'caom2:uuid', null, 'meta.id;meta.file', 'caom2:Artifact.id', 1, 1, 1, 'unique identifier of the artifact'),
    ('caom2.Artifact', 4, 'productType', 'char', '64*', null, null, 'meta.code.class;meta.file', 'caom2:Artifact.productType', 0, 1, 0, 'what the file or part holds: science, this, calibration, preview, ...'),
    ('caom2.Artifact', 5, 'releaseType', 'char', '16*', null, null, 'meta.code.class', 'caom2:Artifact.releaseType', 0, 1, 0, 'whether data or meta release dates rule the file'),
    ('caom2.Artifact', 6, 'contentType', 'char', '128*', null, null, 'meta.code.mime', 'caom2:Artifact.contentType', 0, 1, 0, 'MIME type of the file'),
    ('caom2.Artifact', 7, 'contentLength', 'long', null, null, 'byte', 'phys.size;meta.file', 'caom2:Artifact.contentLength', 0, 1, 0, 'size of the file'),
    ('caom2.Artifact', 8, 'contentChecksum', 'char', '*', 'caom2:uri', null, 'meta.checksum;meta.file', 'caom2:Artifact.contentChecksum', 0, 1, 0, 'checksum of the file'),
    ('caom2.Artifact', 9, 'contentRelease', 'char', '23*', 'timestamp', null, 'time.release;meta.file', 'caom2:Artifact.contentRelease', 1, 0, 0, 'when the file becomes public, if not with its plane (UTC)'),
    ('caom2.Artifact', 10, 'contentReadGroups', 'char', '*', null, null, 'meta.id', 'caom2:Artifact.contentReadGroups', 0, 0, 0, 'groups that may read the file before'),
    ('caom2.Artifact', 11, 'metaProducer', 'char', '*', 'caom2:uri', null, 'meta.ref.uri;meta.software', 'caom2:Artifact.metaProducer', 0, 1, 0, 'software that made the metadata'),
    ('caom2.Artifact', 12, 'lastModified', 'char', '23*', 'timestamp', null, 'time.processing;meta.dataset', 'caom2:Artifact.lastModified', 1, 1, 0, 'when this record changed (UTC)'),
    ('caom2.Artifact', 13, 'maxLastModified', 'char', '23*', 'timestamp', null, 'time.processing;meta.dataset', 'caom2:Artifact.maxLastModified', 1, 1, 0, 'when this record or one below it changed (UTC)'),
    ('caom2.Artifact', 14, 'metaChecksum', 'char', '*', 'caom2:uri', null, 'meta.checksum;meta.dataset', 'caom2:Artifact.metaChecksum', 0, 1, 0, 'checksum of this record'),
    ('caom2.Artifact', 15, 'accMetaChecksum', 'char', '*', 'caom2:uri', null, 'meta.checksum;meta.dataset', 'caom2:Artifact.accMetaChecksum', 0, 1, 0, 'checksum of this record and all below it');

insert into tap_schema.columns (
    table_name, column_index, column_name, datatype, arraysize, xtype, unit, ucd, utype, indexed, principal, std, description
) values
    ('caom2.Part', 1, 'artifactID', 'char', '36', 'caom2:uuid', null, 'meta.id;meta.file', 'caom2:Artifact.id', 1, 1, 0, 'unique identifier of the artifact'),
    ('caom2.Part', 2, 'partID', 'char', '36', 'caom2:uuid', null, 'meta.id;meta.file', 'caom2:Part.id', 1, 1, 1, 'unique identifier of the part'),
    ('caom2.Part', 3, 'name', 'char', '1024*', null, null, 'meta.id;meta.file', 'caom2:Part.name', 0, 1, 0, 'number of the extension, 0 for the primary one; slices as 1[2]'),
    ('caom2.Part', 4, 'productType', 'char', '64*', null, null, 'meta.code.class;meta.file', 'caom2:Part.productType', 0, 1, 0, 'what the file or part holds: science, this, calibration, preview, ...'),
    ('caom2.Part', 5, 'metaProducer', 'char', '*', 'caom2:uri', null, 'meta.ref.uri;meta.software', 'caom2:Part.metaProducer', 0, 1, 0, 'software that made the metadata'),
    ('caom2.Part', 6, 'lastModified', 'char', '23*', 'timestamp', null, 'time.processing;meta.dataset', 'caom2:Part.lastModified', 1, 1, 0, 'when this record changed (UTC)'),
    ('caom2.Part', 7, 'maxLastModified', 'char', '23*', 'timestamp', null, 'time.processing;meta.dataset', 'caom2:Part.maxLastModified', 1, 1, 0, 'when this record or one below it changed (UTC)'),
    ('caom2.Part', 8, 'metaChecksum', 'char', '*', 'caom2:uri', null, 'meta.checksum;meta.dataset', 'caom2:Part.metaChecksum', 0, 1, 0, 'checksum of this record'),
    ('caom2.Part', 9, 'accMetaChecksum', 'char', '*', 'caom2:uri', null, 'meta.checksum;meta.dataset', 'caom2:Part.accMetaChecksum', 0, 1, 0, 'checksum of this record and all below it');

insert into tap_schema.keys (key_id, from_table, target_table, description) values
    ('caom2_plane_observation', 'caom2.Plane', 'caom2.Observation', 'the observation of a plane'),
    ('caom2_artifact_plane', 'caom2.Artifact', 'caom2.Plane', 'the plane of a file'),
    ('caom2_part_artifact', 'caom2.Part', 'caom2.Artifact', 'the file of a part');

insert into tap_schema.key_columns (key_id, from_column, target_column) values
    ('caom2_plane_observation', 'obsID', 'obsID'),
    ('caom2_artifact_plane', 'planeID', 'planeID'),
    ('caom2_part_artifact', 'artifactID', 'artifactID');

update tap_schema.columns set "size" = substring(arraysize from '^(\d+)\*?$')::integer where table_name like 'caom2.%';
