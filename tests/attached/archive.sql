-- A CAOM 2.4 archive as CADC's software makes it: citext, pgsphere, intervals as polygons, groups as tsvector.
-- Run by its owner, who is not the operator of CAOM-AI.
create schema caom2;

create table caom2.Observation (
    observationURI varchar(512) not null unique,
    obsID uuid primary key,
    collection varchar(64) not null,
    observationID varchar(256) not null,
    algorithm_name varchar(64) not null,
    type varchar(32),
    intent varchar(32),
    sequenceNumber int,
    metaRelease timestamp,
    metaReadGroups text,
    proposal_id varchar(64),
    proposal_pi varchar(64),
    proposal_project varchar(64),
    proposal_title citext,
    proposal_keywords citext,
    target_name varchar(64),
    target_targetID varchar(128),
    target_type varchar(64),
    target_standard integer,
    target_redshift double precision,
    target_moving integer,
    target_keywords citext,
    targetPosition_coordsys varchar(16),
    targetPosition_equinox double precision,
    targetPosition_coordinates_cval1 double precision,
    targetPosition_coordinates_cval2 double precision,
    telescope_name varchar(64),
    telescope_geoLocationX double precision,
    telescope_geoLocationY double precision,
    telescope_geoLocationZ double precision,
    telescope_keywords citext,
    requirements_flag varchar(16),
    instrument_name varchar(64),
    instrument_keywords citext,
    environment_seeing double precision,
    environment_humidity double precision,
    environment_elevation double precision,
    environment_tau double precision,
    environment_wavelengthTau double precision,
    environment_ambientTemp double precision,
    environment_photometric integer,
    members text,
    typeCode char not null,
    metaProducer varchar(128),
    lastModified timestamp not null,
    maxLastModified timestamp not null,
    metaChecksum varchar(136) not null,
    accMetaChecksum varchar(136) not null,
    metaReadAccessGroups tsvector
);

create table caom2.Plane (
    publisherID varchar(512) not null unique,
    obsID uuid not null references caom2.Observation on delete cascade,
    planeID uuid primary key,
    planeURI varchar(512) not null unique,
    creatorID varchar(512) unique,
    productID varchar(128) not null,
    metaRelease timestamp,
    metaReadGroups text,
    dataRelease timestamp,
    dataReadGroups text,
    dataProductType varchar(64),
    calibrationLevel integer,
    provenance_name varchar(64),
    provenance_version varchar(64),
    provenance_reference text,
    provenance_producer varchar(256),
    provenance_project varchar(256),
    provenance_runID varchar(256),
    provenance_lastExecuted timestamp,
    provenance_keywords citext,
    provenance_inputs text,
    metrics_sourceNumberDensity double precision,
    metrics_background double precision,
    metrics_backgroundStddev double precision,
    metrics_fluxDensityLimit double precision,
    metrics_magLimit double precision,
    observable_ucd varchar(64),
    quality_flag varchar(16),
    position_bounds double precision[],
    position_bounds_samples double precision[],
    position_bounds_size double precision,
    position_resolution double precision,
    position_resolutionBounds polygon,
    position_sampleSize double precision,
    position_dimension_naxis1 bigint,
    position_dimension_naxis2 bigint,
    position_timeDependent integer,
    energy_bounds polygon,
    energy_bounds_samples polygon,
    energy_bounds_lower double precision,
    energy_bounds_upper double precision,
    energy_bounds_width double precision,
    energy_dimension bigint,
    energy_resolvingPower double precision,
    energy_resolvingPowerBounds polygon,
    energy_sampleSize double precision,
    energy_energyBands varchar(64),
    energy_bandpassName varchar(64),
    energy_transition_species varchar(32),
    energy_transition_transition varchar(32),
    energy_freqWidth double precision,
    energy_freqSampleSize double precision,
    energy_restwav double precision,
    time_bounds polygon,
    time_bounds_samples polygon,
    time_bounds_lower double precision,
    time_bounds_upper double precision,
    time_bounds_width double precision,
    time_dimension bigint,
    time_resolution double precision,
    time_resolutionBounds polygon,
    time_sampleSize double precision,
    time_exposure double precision,
    polarization_states varchar(34),
    polarization_dimension integer,
    custom_ctype varchar(8),
    custom_bounds polygon,
    custom_bounds_samples polygon,
    custom_bounds_lower double precision,
    custom_bounds_upper double precision,
    custom_bounds_width double precision,
    custom_dimension bigint,
    metaProducer varchar(128),
    lastModified timestamp not null,
    maxLastModified timestamp not null,
    metaChecksum varchar(136) not null,
    accMetaChecksum varchar(136) not null,
    metrics_sampleSNR double precision,
    position_bounds_spoly sphere.spoly,
    position_bounds_center sphere.spoint,
    position_bounds_area double precision,
    position_resolutionBounds_lower double precision,
    position_resolutionBounds_upper double precision,
    energy_resolvingPowerBounds_lower double precision,
    energy_resolvingPowerBounds_upper double precision,
    time_resolutionBounds_lower double precision,
    time_resolutionBounds_upper double precision,
    dataReadAccessGroups tsvector,
    metaReadAccessGroups tsvector
);

create table caom2.Artifact (
    uri varchar(1024) not null,
    planeID uuid not null references caom2.Plane on delete cascade,
    artifactID uuid primary key,
    productType varchar(64) not null,
    releaseType varchar(16) not null,
    contentType varchar(128),
    contentLength bigint,
    contentChecksum varchar(136),
    contentRelease timestamp,
    contentReadGroups text,
    metaProducer varchar(128),
    lastModified timestamp not null,
    maxLastModified timestamp not null,
    metaChecksum varchar(136) not null,
    accMetaChecksum varchar(136) not null,
    metaReadGroups text,
    metaReadAccessGroups tsvector,
    metaRelease timestamp,
    obsID uuid not null
);

create table caom2.Part (
    artifactID uuid not null references caom2.Artifact on delete cascade,
    partID uuid primary key,
    name varchar(1024) not null,
    productType varchar(64),
    metaProducer varchar(128),
    lastModified timestamp not null,
    maxLastModified timestamp not null,
    metaChecksum varchar(136) not null,
    accMetaChecksum varchar(136) not null,
    metaReadGroups text,
    metaReadAccessGroups tsvector,
    metaRelease timestamp,
    obsID uuid not null,
    planeID uuid not null
);

create table caom2.ProvenanceInput (
    outputID uuid not null references caom2.Plane on delete cascade,
    inputID varchar(512) not null
);

create table caom2.EnumField (num_tuples bigint, max_time_bounds_cval1 double precision, collection varchar(64));

create index on caom2.Observation (maxLastModified);
create index on caom2.Observation using gin (metaReadAccessGroups);
create index on caom2.Plane (obsID);
create index on caom2.Plane using gist (position_bounds_spoly);
create index on caom2.Plane using gist (position_bounds_center);
create index on caom2.Plane using gist (energy_bounds);
create index on caom2.Plane using gist (time_bounds);
create index on caom2.Artifact (planeID);
create index on caom2.Artifact (uri);
create index on caom2.Part (artifactID);

-- Its TAP_SCHEMA: TAP 1.1's columns and one of its own.
create schema tap_schema;
create table tap_schema.schemas (
    schema_name varchar(64) primary key,
    utype varchar(512),
    description varchar(512),
    schema_index integer,
    owner_id varchar(32)
);
create table tap_schema.tables (
    schema_name varchar(64) not null references tap_schema.schemas,
    table_name varchar(128) primary key,
    table_type varchar(8) not null,
    utype varchar(512),
    description varchar(512),
    table_index integer,
    owner_id varchar(32)
);
create table tap_schema.columns (
    table_name varchar(128) not null references tap_schema.tables,
    column_name varchar(64) not null,
    utype varchar(512),
    ucd varchar(64),
    unit varchar(64),
    description varchar(512),
    datatype varchar(64) not null,
    arraysize varchar(16),
    xtype varchar(64),
    "size" integer,
    principal integer not null,
    indexed integer not null,
    std integer not null,
    column_index integer,
    id varchar(32),
    primary key (table_name, column_name)
);
create table tap_schema.keys (
    key_id varchar(64) primary key,
    from_table varchar(128) not null references tap_schema.tables,
    target_table varchar(128) not null references tap_schema.tables,
    utype varchar(512),
    description varchar(512)
);
create table tap_schema.key_columns (
    key_id varchar(64) not null references tap_schema.keys,
    from_column varchar(64) not null,
    target_column varchar(64) not null,
    primary key (key_id, from_column, target_column)
);
create table tap_schema.notes (note text);
