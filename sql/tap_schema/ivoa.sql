-- TAP_SCHEMA rows of ivoa.ObsCore (ObsCore 1.1): the 30 mandatory columns in the order of the standard, then optional ones.
-- Idempotent; after those of caom2 and caom2_ai, to which its keys lead.
delete from tap_schema.key_columns where key_id in (select key_id from tap_schema.keys where from_table = 'ivoa.ObsCore');
delete from tap_schema.keys where from_table = 'ivoa.ObsCore';
delete from tap_schema.columns where table_name = 'ivoa.ObsCore';
delete from tap_schema.tables where table_name = 'ivoa.ObsCore';
delete from tap_schema.schemas where schema_name = 'ivoa';

insert into tap_schema.schemas (schema_name, utype, description, schema_index) values
    ('ivoa', 'ivo://ivoa.net/std/ObsCore#core-1.1', 'What every archive of the Virtual Observatory describes alike', 3);

insert into tap_schema.tables (schema_name, table_name, table_type, utype, description, table_index) values
    ('ivoa', 'ivoa.ObsCore', 'view', 'ivo://ivoa.net/std/ObsCore#core-1.1', 'ObsCore 1.1: the science data products of the archive', 21);

insert into tap_schema.columns (
    table_name, column_index, column_name, datatype, arraysize, xtype, unit, ucd, utype, indexed, principal, std, description
) values
    ('ivoa.ObsCore', 1, 'dataproduct_type', 'char', '64*', null, null, 'meta.code.class', 'obscore:ObsDataset.dataProductType', 0, 1, 1, 'kind of data product: image, cube, spectrum, ...'),
    ('ivoa.ObsCore', 2, 'calib_level', 'int', null, null, null, 'meta.code;obs.calib', 'obscore:ObsDataset.calibLevel', 0, 1, 1, '0 and 1 raw, 2 calibrated, 3 product, 4 analysis product'),
    ('ivoa.ObsCore', 3, 'obs_collection', 'char', '64*', null, null, 'meta.id', 'obscore:DataID.Collection', 1, 1, 1, 'collection of data'),
    ('ivoa.ObsCore', 4, 'obs_id', 'char', '256*', null, null, 'meta.id', 'obscore:DataID.observationID', 1, 1, 1, 'identifier of the observation within its collection'),
    ('ivoa.ObsCore', 5, 'obs_publisher_did', 'char', '*', 'caom2:uri', null, 'meta.ref.ivoid', 'obscore:Curation.PublisherDID', 1, 1, 1, 'identifier of the data product, as published by the archive: publisherID of the other tables'),
    ('ivoa.ObsCore', 6, 'access_url', 'char', '*', 'caom2:uri', null, 'meta.ref.url', 'obscore:Access.Reference', 0, 1, 1, 'address of the links of the data product (DataLink): its files, and images that are like it'),
    ('ivoa.ObsCore', 7, 'access_format', 'char', '64*', null, null, 'meta.code.mime', 'obscore:Access.Format', 0, 1, 1, 'media type of what access_url gives'),
    ('ivoa.ObsCore', 8, 'access_estsize', 'long', null, null, 'kbyte', 'phys.size;meta.file', 'obscore:Access.Size', 0, 1, 1, 'size of the files; the links tell that of each'),
    ('ivoa.ObsCore', 9, 'target_name', 'unicodeChar', '64*', null, null, 'meta.id;src', 'obscore:Target.Name', 0, 1, 1, 'name of the target'),
    ('ivoa.ObsCore', 10, 's_ra', 'double', null, null, 'deg', 'pos.eq.ra', 'obscore:Char.SpatialAxis.Coverage.Location.Coord.Position2D.Value2.C1', 1, 1, 1, 'right ascension of the centre (ICRS)'),
    ('ivoa.ObsCore', 11, 's_dec', 'double', null, null, 'deg', 'pos.eq.dec', 'obscore:Char.SpatialAxis.Coverage.Location.Coord.Position2D.Value2.C2', 1, 1, 1, 'declination of the centre (ICRS)'),
    ('ivoa.ObsCore', 12, 's_fov', 'double', null, null, 'deg', 'phys.angSize;instr.fov', 'obscore:Char.SpatialAxis.Coverage.Bounds.Extent.diameter', 0, 1, 1, 'diameter of the field of view'),
    ('ivoa.ObsCore', 13, 's_region', 'char', '*', 'adql:REGION', null, 'pos.outline;obs.field', 'obscore:Char.SpatialAxis.Coverage.Support.Area', 1, 1, 1, 'outline on the sky (ICRS)'),
    ('ivoa.ObsCore', 14, 's_resolution', 'double', null, null, 'arcsec', 'pos.angResolution', 'obscore:Char.SpatialAxis.Resolution.Refval.value', 0, 1, 1, 'resolution on the sky'),
    ('ivoa.ObsCore', 15, 's_xel1', 'long', null, null, null, 'meta.number', 'obscore:Char.SpatialAxis.numBins1', 0, 1, 1, 'pixels along the first axis'),
    ('ivoa.ObsCore', 16, 's_xel2', 'long', null, null, null, 'meta.number', 'obscore:Char.SpatialAxis.numBins2', 0, 1, 1, 'pixels along the second axis'),
    ('ivoa.ObsCore', 17, 't_min', 'double', null, null, 'd', 'time.start;obs.exposure', 'obscore:Char.TimeAxis.Coverage.Bounds.Limits.StartTime', 1, 1, 1, 'start of the exposure (MJD)'),
    ('ivoa.ObsCore', 18, 't_max', 'double', null, null, 'd', 'time.end;obs.exposure', 'obscore:Char.TimeAxis.Coverage.Bounds.Limits.StopTime', 1, 1, 1, 'end of the exposure (MJD)'),
    ('ivoa.ObsCore', 19, 't_exptime', 'double', null, null, 's', 'time.duration;obs.exposure', 'obscore:Char.TimeAxis.Coverage.Support.Extent', 0, 1, 1, 'exposure time per pixel'),
    ('ivoa.ObsCore', 20, 't_resolution', 'double', null, null, 's', 'time.resolution', 'obscore:Char.TimeAxis.Resolution.Refval.value', 0, 1, 1, 'resolution in time'),
    ('ivoa.ObsCore', 21, 't_xel', 'long', null, null, null, 'meta.number', 'obscore:Char.TimeAxis.numBins', 0, 1, 1, 'pixels along the time axis'),
    ('ivoa.ObsCore', 22, 'em_min', 'double', null, null, 'm', 'em.wl;stat.min', 'obscore:Char.SpectralAxis.Coverage.Bounds.Limits.LoLimit', 1, 1, 1, 'shortest wavelength'),
    ('ivoa.ObsCore', 23, 'em_max', 'double', null, null, 'm', 'em.wl;stat.max', 'obscore:Char.SpectralAxis.Coverage.Bounds.Limits.HiLimit', 1, 1, 1, 'longest wavelength'),
    ('ivoa.ObsCore', 24, 'em_res_power', 'double', null, null, null, 'spect.resolution', 'obscore:Char.SpectralAxis.Resolution.ResolPower.refVal', 0, 1, 1, 'resolving power'),
    ('ivoa.ObsCore', 25, 'em_xel', 'long', null, null, null, 'meta.number', 'obscore:Char.SpectralAxis.numBins', 0, 1, 1, 'pixels along the wavelength axis'),
    ('ivoa.ObsCore', 26, 'o_ucd', 'char', '64*', null, null, 'meta.ucd', 'obscore:Char.ObservableAxis.ucd', 0, 1, 1, 'what the pixels measure, as a UCD'),
    ('ivoa.ObsCore', 27, 'pol_states', 'char', '34*', null, null, 'meta.code;phys.polarization', 'obscore:Char.PolarizationAxis.stateList', 0, 1, 1, 'polarization states between slashes'),
    ('ivoa.ObsCore', 28, 'pol_xel', 'long', null, null, null, 'meta.number', 'obscore:Char.PolarizationAxis.numBins', 0, 1, 1, 'number of polarization states'),
    ('ivoa.ObsCore', 29, 'facility_name', 'char', '64*', null, null, 'meta.id;instr.tel', 'obscore:Provenance.ObsConfig.Facility.name', 1, 1, 1, 'name of the telescope'),
    ('ivoa.ObsCore', 30, 'instrument_name', 'char', '64*', null, null, 'meta.id;instr', 'obscore:Provenance.ObsConfig.Instrument.name', 1, 1, 1, 'name of the instrument'),
    ('ivoa.ObsCore', 31, 'obs_creator_did', 'char', '*', 'caom2:uri', null, 'meta.id', 'obscore:DataID.CreatorDID', 1, 0, 1, 'identifier given by the creator of the data'),
    ('ivoa.ObsCore', 32, 'obs_creation_date', 'char', '23*', 'timestamp', null, 'time;meta.dataset', 'obscore:DataID.Date', 0, 0, 1, 'when the data product was made (UTC)'),
    ('ivoa.ObsCore', 33, 'obs_release_date', 'char', '23*', 'timestamp', null, 'time.release', 'obscore:Curation.releaseDate', 1, 0, 1, 'when the data become public (UTC)'),
    ('ivoa.ObsCore', 34, 'data_rights', 'char', '16*', null, null, 'meta.code', 'obscore:Curation.Rights', 0, 0, 1, 'public or proprietary'),
    ('ivoa.ObsCore', 35, 's_pixel_scale', 'double', null, null, 'arcsec', 'phys.angSize;instr.pixel', 'obscore:Char.SpatialAxis.Sampling.RefVal.SamplingPeriod', 0, 0, 1, 'size of a pixel on the sky'),
    ('ivoa.ObsCore', 36, 'em_ucd', 'char', '64*', null, null, 'meta.ucd', 'obscore:Char.SpectralAxis.ucd', 0, 0, 1, 'kind of the spectral axis, as a UCD'),
    ('ivoa.ObsCore', 37, 'proposal_id', 'char', '64*', null, null, 'meta.id;obs.proposal', 'obscore:Provenance.Proposal.identifier', 1, 0, 1, 'identifier of the proposal');

-- An archive whose TAP_SCHEMA lacks its own tables gets no keys to them.
insert into tap_schema.keys (key_id, from_table, target_table, description)
select k.* from (values
    ('ivoa_obscore_plane', 'ivoa.ObsCore', 'caom2.Plane', 'the plane of a data product'),
    ('ivoa_obscore_fingerprint', 'ivoa.ObsCore', 'caom2_ai.fingerprint', 'the content of a data product'),
    ('ivoa_obscore_object_node', 'ivoa.ObsCore', 'caom2_ai.object_node', 'the objects of a data product')
) k(key_id, from_table, target_table, description)
where exists (select from tap_schema.tables t where t.table_name = k.target_table);

insert into tap_schema.key_columns (key_id, from_column, target_column)
select key_id, 'obs_publisher_did', 'publisherID' from tap_schema.keys where from_table = 'ivoa.ObsCore';

update tap_schema.columns set "size" = substring(arraysize from '^(\d+)\*?$')::integer where table_name = 'ivoa.ObsCore';
