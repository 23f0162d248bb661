-- The schema after all migrations, written by `make schema`; the queue has procrastinate's.
CREATE SCHEMA caom2;

CREATE SCHEMA caom2_ai;

CREATE SCHEMA caom2_ai_uws;

CREATE SCHEMA caom2_ai_view;

CREATE SCHEMA tap_schema;

CREATE SCHEMA tap_upload;

CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public;
COMMENT ON EXTENSION vector IS 'vector data type and ivfflat and hnsw access methods';

CREATE FUNCTION caom2_ai.caomai_count(fingerprint integer[], node integer) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (fingerprint)[(node + 1)];

CREATE FUNCTION caom2_ai.caomai_count_estimate(fingerprint integer[], node integer, sampledfraction double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (((fingerprint)[(node + 1)])::double precision / NULLIF(sampledfraction, (0)::double precision));

CREATE FUNCTION caom2_ai.caomai_distance(v1 public.halfvec, v2 public.halfvec) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (v1 OPERATOR(public.<->) v2);

CREATE FUNCTION caom2_ai.caomai_fraction(fingerprint integer[], node integer) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (((fingerprint)[(node + 1)])::double precision / NULLIF(public.l1_distance((fingerprint)::public.vector(400), (array_fill(0, ARRAY[400]))::public.vector(400)), (0)::double precision));

CREATE FUNCTION caom2_ai.node_positions(nodes text) RETURNS integer[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $_$
declare
    positions integer[];
begin
    if nodes !~ '^\s*\d{1,3}\s*(,\s*\d{1,3}\s*)*$' then
        raise exception '''%'' is not a list of nodes such as ''101,144''', nodes using errcode = '22023';
    end if;
    select array_agg(distinct n::integer + 1) into positions from unnest(string_to_array(nodes, ',')) n;
    if positions[cardinality(positions)] > 400 then
        raise exception 'node % does not exist: nodes are numbered 0 to 399', positions[cardinality(positions)] - 1
            using errcode = '22023';
    end if;
    return positions;
end
$_$;

CREATE FUNCTION caom2_ai.caomai_has(fingerprint integer[], nodes text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((array_positions((fingerprint)::boolean[], true) @> caom2_ai.node_positions(nodes)))::integer;

CREATE TABLE caom2_ai.label (
    mapid integer NOT NULL,
    node smallint NOT NULL,
    label text NOT NULL,
    author text NOT NULL,
    created timestamp without time zone DEFAULT (now() AT TIME ZONE 'UTC'::text) NOT NULL,
    labelprecision real
);

CREATE TABLE caom2_ai.map (
    mapid integer NOT NULL,
    kind text NOT NULL,
    objectmapid integer,
    gridwidth integer NOT NULL,
    gridheight integer NOT NULL,
    modelhash text NOT NULL,
    parameters jsonb DEFAULT '{}'::jsonb NOT NULL,
    arrays bytea,
    created timestamp without time zone DEFAULT (now() AT TIME ZONE 'UTC'::text) NOT NULL,
    iscurrent boolean DEFAULT false NOT NULL,
    CONSTRAINT map_check CHECK (((kind = 'field'::text) = (objectmapid IS NOT NULL))),
    CONSTRAINT map_kind_check CHECK ((kind = ANY (ARRAY['object'::text, 'field'::text])))
);

CREATE VIEW caom2_ai_view.label AS
 SELECT mapid,
    node,
    label,
    author,
    created,
    labelprecision
   FROM caom2_ai.label;

CREATE VIEW caom2_ai_view.map AS
 SELECT mapid,
    kind,
    objectmapid,
    gridwidth,
    gridheight,
    modelhash,
    (parameters)::text AS parameters,
    created,
    (iscurrent)::integer AS iscurrent
   FROM caom2_ai.map;

CREATE FUNCTION caom2_ai.caomai_label_count(fingerprint integer[], label text) RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ((SELECT CASE WHEN (caomai_label_count.fingerprint IS NOT NULL) THEN COALESCE(sum((caomai_label_count.fingerprint)[(l.node + 1)]), (0)::bigint) ELSE NULL::bigint END AS "case" FROM caom2_ai_view.label l WHERE ((l.label = caomai_label_count.label) AND (l.mapid = (SELECT m.mapid FROM caom2_ai_view.map m WHERE ((m.kind = 'object'::text) AND (m.iscurrent = 1)))))))::integer;

CREATE TABLE caom2_ai.distance_rank (
    mapid integer NOT NULL,
    rank double precision NOT NULL,
    dist double precision NOT NULL,
    CONSTRAINT distance_rank_rank_check CHECK (((rank >= (0)::double precision) AND (rank <= (100)::double precision)))
);

CREATE VIEW caom2_ai_view.distance_rank AS
 SELECT mapid,
    rank,
    dist
   FROM caom2_ai.distance_rank;

CREATE FUNCTION caom2_ai.caomai_rank(dist double precision) RETURNS double precision
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT (lower.rank +
         CASE
             WHEN (upper.dist > lower.dist) THEN (((upper.rank - lower.rank) * (caomai_rank.dist - lower.dist)) / (upper.dist - lower.dist))
             ELSE (0)::double precision
         END)
    FROM ((caom2_ai_view.map m
      CROSS JOIN LATERAL ( SELECT COALESCE(max(r.rank), (0)::double precision) AS rank,
             COALESCE(max(r.dist), (0)::double precision) AS dist
            FROM caom2_ai_view.distance_rank r
           WHERE ((r.mapid = m.mapid) AND (r.dist <= caomai_rank.dist))) lower)
      CROSS JOIN LATERAL ( SELECT COALESCE(min(r.rank), (100)::double precision) AS rank,
             COALESCE(min(r.dist), (2)::double precision) AS dist
            FROM caom2_ai_view.distance_rank r
           WHERE ((r.mapid = m.mapid) AND (r.dist > caomai_rank.dist))) upper)
   WHERE ((m.kind = 'object'::text) AND (m.iscurrent = 1) AND (caomai_rank.dist IS NOT NULL) AND (EXISTS ( SELECT
            FROM caom2_ai_view.distance_rank r
           WHERE (r.mapid = m.mapid))));
END;

CREATE TABLE caom2_ai.field_node (
    planeid uuid NOT NULL,
    mapid integer NOT NULL,
    node smallint NOT NULL
);

CREATE TABLE caom2_ai.fingerprint (
    planeid uuid NOT NULL,
    mapid integer NOT NULL,
    obsid uuid NOT NULL,
    publisherid text NOT NULL,
    fingerprint integer[] NOT NULL,
    vector public.halfvec(400),
    nobjects integer NOT NULL,
    ndetected integer NOT NULL,
    sampledfraction real NOT NULL,
    background real,
    noise real,
    fwhm real,
    fwhmpixel real,
    elongation real,
    saturatedfraction real,
    maskedfraction real,
    oddness real,
    collection text NOT NULL,
    instrument_name text,
    bandpassname text,
    intent text,
    metarelease timestamp without time zone,
    datarelease timestamp without time zone,
    contentrelease timestamp without time zone,
    ra double precision,
    "dec" double precision,
    healpix bigint,
    timemid double precision,
    CONSTRAINT fingerprint_fingerprint_check CHECK ((cardinality(fingerprint) = 400))
);

CREATE VIEW caom2_ai_view.fingerprint AS
 SELECT f.planeid,
    f.mapid,
    f.obsid,
    f.publisherid,
    f.fingerprint,
    f.vector,
    f.nobjects,
    f.ndetected,
    f.sampledfraction,
    n.node AS fieldnode,
    f.background,
    f.noise,
    f.fwhm,
    f.fwhmpixel,
    f.elongation,
    f.saturatedfraction,
    f.maskedfraction,
    f.oddness,
    f.collection,
    f.instrument_name,
    f.bandpassname,
    f.intent,
    f.metarelease,
    f.datarelease,
    f.contentrelease,
    f.ra,
    f."dec",
    f.healpix,
    f.timemid,
    (m.iscurrent)::integer AS iscurrent,
    (((f.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(f.contentrelease, f.datarelease) <= (now() AT TIME ZONE 'UTC'::text))) IS TRUE) AS visible
   FROM ((caom2_ai.fingerprint f
     LEFT JOIN caom2_ai.map m ON ((m.mapid = f.mapid)))
     LEFT JOIN caom2_ai.field_node n ON (((n.planeid = f.planeid) AND (n.mapid = ( SELECT c.mapid
           FROM caom2_ai.map c
          WHERE ((c.kind = 'field'::text) AND c.iscurrent))) AND (f.mapid = ( SELECT c.objectmapid
           FROM caom2_ai.map c
          WHERE ((c.kind = 'field'::text) AND c.iscurrent))))))
  WHERE ((f.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(f.contentrelease, f.datarelease) <= (now() AT TIME ZONE 'UTC'::text)));

CREATE FUNCTION caom2_ai.field_of(publisherid text) RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT f.fieldnode FROM caom2_ai_view.fingerprint f WHERE ((f.publisherid = field_of.publisherid) AND (f.iscurrent = 1)));

CREATE FUNCTION caom2_ai.caomai_same_field(publisherid1 text, publisherid2 text) RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ((caom2_ai.field_of(publisherid1) = caom2_ai.field_of(publisherid2)))::integer;

CREATE FUNCTION caom2_ai.caomai_vector(publisherid text) RETURNS public.halfvec
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT f.vector FROM caom2_ai_view.fingerprint f WHERE ((f.publisherid = caomai_vector.publisherid) AND (f.mapid = (SELECT m.mapid FROM caom2_ai_view.map m WHERE ((m.kind = 'object'::text) AND (m.iscurrent = 1))))));

CREATE FUNCTION caom2_ai.field_members(publisherid text) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT f.publisherid
    FROM caom2_ai_view.fingerprint f
   WHERE ((f.iscurrent = 1) AND (f.fieldnode = ( SELECT caom2_ai.field_of(field_members.publisherid) AS field_of)));
END;

CREATE FUNCTION caom2_ai.label_positions(label text) RETURNS integer[]
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT COALESCE(array_agg((l.node + 1) ORDER BY l.node), '{}'::integer[]) AS "coalesce" FROM caom2_ai_view.label l WHERE ((l.label = label_positions.label) AND (l.mapid = (SELECT m.mapid FROM caom2_ai_view.map m WHERE ((m.kind = 'object'::text) AND (m.iscurrent = 1))))));

CREATE FUNCTION caom2_ai.make_map_index(mapid integer) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'caom2_ai'
    AS $$
declare
    extension constant text := (select extnamespace::regnamespace from pg_extension where extname = 'vector');
    name constant text := format('fingerprint_vector_%s', mapID);
begin
    if not exists (select from caom2_ai.map m where m.mapID = make_map_index.mapID and m.kind = 'object') then
        raise exception 'there is no object map %', mapID using errcode = '22023';
    end if;
    execute format(
        'create index if not exists %I on caom2_ai.fingerprint using hnsw (vector %s.halfvec_l2_ops)'
        ' with (m = 32, ef_construction = 200) where mapID = %s',
        name, extension, mapID
    );
    return name;
end
$$;

CREATE FUNCTION caom2_ai.refresh_distance_rank(mapid integer) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'caom2_ai'
    BEGIN ATOMIC
 DELETE FROM caom2_ai.distance_rank r
   WHERE (r.mapid = refresh_distance_rank.mapid);
 INSERT INTO caom2_ai.distance_rank (mapid, rank, dist)  WITH sample AS (
                  SELECT row_number() OVER () AS number,
                     s.vector
                    FROM ( SELECT f.vector
                            FROM caom2_ai_view.fingerprint f
                           WHERE ((f.mapid = refresh_distance_rank.mapid) AND (f.vector IS NOT NULL))
                           ORDER BY (hashtextextended((f.planeid)::text, (0)::bigint))
                          LIMIT 600) s
                 ), pair AS (
                  SELECT (s.vector OPERATOR(public.<->) t.vector) AS dist
                    FROM (sample s
                      JOIN sample t ON ((s.number < t.number)))
                 ), level AS (
                  SELECT ('{0,0.01,0.02,0.05,0.1,0.2,0.5}'::double precision[] || array_agg((n.n)::double precision ORDER BY n.n)) AS ranks
                    FROM generate_series(1, 100) n(n)
                 ), quantile AS (
                  SELECT l.ranks,
                     percentile_cont(( SELECT array_agg((r.r / (100)::double precision) ORDER BY r.r) AS array_agg
                            FROM unnest(l.ranks) r(r))) WITHIN GROUP (ORDER BY p.dist) AS distances
                    FROM (level l
                      CROSS JOIN pair p)
                   GROUP BY l.ranks
                 )
          SELECT refresh_distance_rank.mapid AS mapid,
             q.rank,
             q.dist
            FROM quantile,
             LATERAL UNNEST(quantile.ranks, quantile.distances) q(rank, dist)
           WHERE (q.dist IS NOT NULL);
END;

CREATE TABLE caom2_ai.node (
    mapid integer NOT NULL,
    node smallint NOT NULL,
    gridx smallint NOT NULL,
    gridy smallint NOT NULL,
    nobjects bigint DEFAULT 0 NOT NULL,
    nimages bigint DEFAULT 0 NOT NULL,
    previewurl text
);

CREATE VIEW caom2_ai_view.field_node AS
 SELECT n.planeid,
    f.publisherid,
    n.mapid,
    n.node,
    (((f.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(f.contentrelease, f.datarelease) <= (now() AT TIME ZONE 'UTC'::text))) IS TRUE) AS visible
   FROM ((caom2_ai.field_node n
     JOIN caom2_ai.map m ON ((m.mapid = n.mapid)))
     JOIN caom2_ai.fingerprint f ON (((f.planeid = n.planeid) AND (f.mapid = m.objectmapid))))
  WHERE ((f.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(f.contentrelease, f.datarelease) <= (now() AT TIME ZONE 'UTC'::text)));

CREATE FUNCTION caom2_ai.refresh_nodes() RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'caom2_ai'
    BEGIN ATOMIC
 WITH counted AS (
          SELECT f.mapid,
             (c_1."position" - 1) AS node,
             sum(c_1.objects) AS nobjects,
             count(*) AS nimages
            FROM (caom2_ai_view.fingerprint f
              CROSS JOIN LATERAL unnest(f.fingerprint) WITH ORDINALITY c_1(objects, "position"))
           WHERE (c_1.objects > 0)
           GROUP BY f.mapid, c_1."position"
         UNION ALL
          SELECT n_1.mapid,
             n_1.node,
             sum(f.nobjects) AS sum,
             count(*) AS count
            FROM ((caom2_ai_view.field_node n_1
              JOIN caom2_ai_view.map m ON ((m.mapid = n_1.mapid)))
              JOIN caom2_ai_view.fingerprint f ON (((f.planeid = n_1.planeid) AND (f.mapid = m.objectmapid))))
           GROUP BY n_1.mapid, n_1.node
         )
  UPDATE caom2_ai.node n SET nobjects = COALESCE(c.nobjects, (0)::bigint), nimages = COALESCE(c.nimages, (0)::bigint)
    FROM (caom2_ai.node k
      LEFT JOIN counted c ON (((c.mapid = k.mapid) AND (c.node = k.node))))
   WHERE ((n.mapid = k.mapid) AND (n.node = k.node) AND ((n.nobjects IS DISTINCT FROM COALESCE(c.nobjects, (0)::bigint)) OR (n.nimages IS DISTINCT FROM COALESCE(c.nimages, (0)::bigint))));
END;

CREATE FUNCTION caom2_ai_uws.tell_phase() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform pg_notify('caom2_ai_uws', old.jobID || ' ' || coalesce(new.phase, 'DESTROYED'));
    return null;
end
$$;

CREATE TABLE caom2.artifact (
    uri character varying(1024) NOT NULL,
    planeid uuid NOT NULL,
    artifactid uuid NOT NULL,
    producttype character varying(64) NOT NULL,
    releasetype character varying(16) NOT NULL,
    contenttype character varying(128),
    contentlength bigint,
    contentchecksum character varying(136),
    contentrelease timestamp without time zone,
    contentreadgroups text,
    metaproducer character varying(128),
    lastmodified timestamp without time zone NOT NULL,
    maxlastmodified timestamp without time zone NOT NULL,
    metachecksum character varying(136) NOT NULL,
    accmetachecksum character varying(136) NOT NULL
);

CREATE TABLE caom2.observation (
    observationuri character varying(512) NOT NULL,
    obsid uuid NOT NULL,
    collection character varying(64) NOT NULL,
    observationid character varying(256) NOT NULL,
    algorithm_name character varying(64) NOT NULL,
    type character varying(32),
    intent character varying(32),
    sequencenumber integer,
    metarelease timestamp without time zone,
    metareadgroups text,
    proposal_id character varying(64),
    proposal_pi character varying(64),
    proposal_project character varying(64),
    proposal_title text,
    proposal_keywords text,
    target_name character varying(64),
    target_targetid character varying(128),
    target_type character varying(64),
    target_standard integer,
    target_redshift double precision,
    target_moving integer,
    target_keywords text,
    targetposition_coordsys character varying(16),
    targetposition_equinox double precision,
    targetposition_coordinates_cval1 double precision,
    targetposition_coordinates_cval2 double precision,
    telescope_name character varying(64),
    telescope_geolocationx double precision,
    telescope_geolocationy double precision,
    telescope_geolocationz double precision,
    telescope_keywords text,
    requirements_flag character varying(16),
    instrument_name character varying(64),
    instrument_keywords text,
    environment_seeing double precision,
    environment_humidity double precision,
    environment_elevation double precision,
    environment_tau double precision,
    environment_wavelengthtau double precision,
    environment_ambienttemp double precision,
    environment_photometric integer,
    members text,
    typecode character(1) NOT NULL,
    metaproducer character varying(128),
    lastmodified timestamp without time zone NOT NULL,
    maxlastmodified timestamp without time zone NOT NULL,
    metachecksum character varying(136) NOT NULL,
    accmetachecksum character varying(136) NOT NULL
);

CREATE TABLE caom2.part (
    artifactid uuid NOT NULL,
    partid uuid NOT NULL,
    name character varying(1024) NOT NULL,
    producttype character varying(64),
    metaproducer character varying(128),
    lastmodified timestamp without time zone NOT NULL,
    maxlastmodified timestamp without time zone NOT NULL,
    metachecksum character varying(136) NOT NULL,
    accmetachecksum character varying(136) NOT NULL
);

CREATE TABLE caom2.plane (
    publisherid character varying(512) NOT NULL,
    obsid uuid NOT NULL,
    planeid uuid NOT NULL,
    planeuri character varying(512) NOT NULL,
    creatorid character varying(512),
    productid character varying(128) NOT NULL,
    metarelease timestamp without time zone,
    metareadgroups text,
    datarelease timestamp without time zone,
    datareadgroups text,
    dataproducttype character varying(64),
    calibrationlevel integer,
    provenance_name character varying(64),
    provenance_version character varying(64),
    provenance_reference text,
    provenance_producer character varying(256),
    provenance_project character varying(256),
    provenance_runid character varying(256),
    provenance_lastexecuted timestamp without time zone,
    provenance_keywords text,
    provenance_inputs text,
    metrics_sourcenumberdensity double precision,
    metrics_background double precision,
    metrics_backgroundstddev double precision,
    metrics_fluxdensitylimit double precision,
    metrics_maglimit double precision,
    observable_ucd character varying(64),
    quality_flag character varying(16),
    position_bounds double precision[],
    position_bounds_samples double precision[],
    position_bounds_size double precision,
    position_resolution double precision,
    position_samplesize double precision,
    position_dimension_naxis1 bigint,
    position_dimension_naxis2 bigint,
    position_timedependent integer,
    energy_bounds_lower double precision,
    energy_bounds_upper double precision,
    energy_bounds_width double precision,
    energy_dimension bigint,
    energy_resolvingpower double precision,
    energy_samplesize double precision,
    energy_energybands character varying(64),
    energy_bandpassname character varying(64),
    energy_transition_species character varying(32),
    energy_transition_transition character varying(32),
    energy_freqwidth double precision,
    energy_freqsamplesize double precision,
    energy_restwav double precision,
    time_bounds_lower double precision,
    time_bounds_upper double precision,
    time_bounds_width double precision,
    time_dimension bigint,
    time_resolution double precision,
    time_samplesize double precision,
    time_exposure double precision,
    polarization_states character varying(34),
    polarization_dimension integer,
    custom_ctype character varying(8),
    custom_bounds_lower double precision,
    custom_bounds_upper double precision,
    custom_bounds_width double precision,
    custom_dimension bigint,
    metaproducer character varying(128),
    lastmodified timestamp without time zone NOT NULL,
    maxlastmodified timestamp without time zone NOT NULL,
    metachecksum character varying(136) NOT NULL,
    accmetachecksum character varying(136) NOT NULL
);

CREATE TABLE caom2_ai.failure (
    artifacturi text NOT NULL,
    modelhash text NOT NULL,
    planeid uuid NOT NULL,
    publisherid text NOT NULL,
    contentchecksum text,
    status text NOT NULL,
    reason text NOT NULL,
    attempts integer DEFAULT 1 NOT NULL,
    lasttry timestamp without time zone DEFAULT (now() AT TIME ZONE 'UTC'::text) NOT NULL,
    nexttry timestamp without time zone,
    CONSTRAINT failure_status_check CHECK ((status = ANY (ARRAY['failed'::text, 'skipped'::text])))
);

ALTER TABLE caom2_ai.map ALTER COLUMN mapid ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME caom2_ai.map_mapid_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE caom2_ai.node_match (
    mapid1 integer NOT NULL,
    node1 smallint NOT NULL,
    mapid2 integer NOT NULL,
    node2 smallint NOT NULL,
    overlap real NOT NULL
);

CREATE TABLE caom2_ai.object_node (
    mapid integer NOT NULL,
    imageid integer NOT NULL,
    objectid integer NOT NULL,
    node smallint NOT NULL,
    flags smallint NOT NULL,
    healpix bigint,
    ra double precision,
    "dec" double precision,
    x real NOT NULL,
    y real NOT NULL,
    a real NOT NULL,
    b real NOT NULL,
    theta real NOT NULL,
    flux real NOT NULL,
    snr real NOT NULL,
    confidence real NOT NULL,
    oddness real NOT NULL
)
PARTITION BY LIST (mapid);

CREATE TABLE caom2_ai.object_node_default (
    mapid integer CONSTRAINT object_node_mapid_not_null NOT NULL,
    imageid integer CONSTRAINT object_node_imageid_not_null NOT NULL,
    objectid integer CONSTRAINT object_node_objectid_not_null NOT NULL,
    node smallint CONSTRAINT object_node_node_not_null NOT NULL,
    flags smallint CONSTRAINT object_node_flags_not_null NOT NULL,
    healpix bigint,
    ra double precision,
    "dec" double precision,
    x real CONSTRAINT object_node_x_not_null NOT NULL,
    y real CONSTRAINT object_node_y_not_null NOT NULL,
    a real CONSTRAINT object_node_a_not_null NOT NULL,
    b real CONSTRAINT object_node_b_not_null NOT NULL,
    theta real CONSTRAINT object_node_theta_not_null NOT NULL,
    flux real CONSTRAINT object_node_flux_not_null NOT NULL,
    snr real CONSTRAINT object_node_snr_not_null NOT NULL,
    confidence real CONSTRAINT object_node_confidence_not_null NOT NULL,
    oddness real CONSTRAINT object_node_oddness_not_null NOT NULL
);

CREATE TABLE caom2_ai.part_fingerprint (
    imageid integer NOT NULL,
    planeid uuid NOT NULL,
    publisherid text NOT NULL,
    artifacturi text NOT NULL,
    part text NOT NULL,
    mapid integer NOT NULL,
    contentchecksum text,
    fingerprint integer[] NOT NULL,
    nobjects integer NOT NULL,
    ndetected integer NOT NULL,
    sampledfraction real NOT NULL,
    background real,
    noise real,
    fwhm real,
    fwhmpixel real,
    elongation real,
    saturatedfraction real,
    maskedfraction real,
    naxis1 integer NOT NULL,
    naxis2 integer NOT NULL,
    CONSTRAINT part_fingerprint_fingerprint_check CHECK ((cardinality(fingerprint) = 400))
);

ALTER TABLE caom2_ai.part_fingerprint ALTER COLUMN imageid ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME caom2_ai.part_fingerprint_imageid_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE caom2_ai.plane_position (
    planeid uuid NOT NULL,
    ra double precision NOT NULL,
    "dec" double precision NOT NULL,
    healpix bigint NOT NULL
);

CREATE TABLE caom2_ai.schema_version (
    name text NOT NULL,
    number integer,
    sha256 text NOT NULL,
    applied_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'UTC'::text) NOT NULL
);
COMMENT ON TABLE caom2_ai.schema_version IS 'Scripts of sql/ that were applied; number is NULL for those re-applied when they change.';

CREATE TABLE caom2_ai_uws.job (
    jobid text NOT NULL,
    kind text NOT NULL,
    runid text,
    ownerid text,
    session bytea,
    phase text NOT NULL,
    creationtime timestamp with time zone DEFAULT now() NOT NULL,
    starttime timestamp with time zone,
    endtime timestamp with time zone,
    executionduration integer NOT NULL,
    destruction timestamp with time zone NOT NULL,
    baseurl text NOT NULL,
    parameters json NOT NULL,
    files json NOT NULL,
    inputbytes bigint NOT NULL,
    run integer DEFAULT 0 NOT NULL,
    losses integer DEFAULT 0 NOT NULL,
    ticket bigint,
    resultname text,
    mediatype text,
    resultbytes bigint,
    errortype text,
    errormessage text,
    CONSTRAINT job_check CHECK (((phase = 'COMPLETED'::text) = (resultname IS NOT NULL))),
    CONSTRAINT job_check1 CHECK (((errortype IS NULL) = (errormessage IS NULL))),
    CONSTRAINT job_errortype_check CHECK ((errortype = ANY (ARRAY['transient'::text, 'fatal'::text]))),
    CONSTRAINT job_executionduration_check CHECK ((executionduration >= 0)),
    CONSTRAINT job_jobid_check CHECK ((jobid ~ '^[0-9a-f]{32}$'::text)),
    CONSTRAINT job_phase_check CHECK ((phase = ANY (ARRAY['PENDING'::text, 'QUEUED'::text, 'EXECUTING'::text, 'COMPLETED'::text, 'ERROR'::text, 'ABORTED'::text])))
);
COMMENT ON COLUMN caom2_ai_uws.job.session IS 'Hash of what the client that made the job shows to list its jobs.';
COMMENT ON COLUMN caom2_ai_uws.job.parameters IS 'Pairs of name and value as they were sent.';
COMMENT ON COLUMN caom2_ai_uws.job.files IS 'Files that came with the parameters: name of the part -> name in the folder of the job.';
COMMENT ON COLUMN caom2_ai_uws.job.inputbytes IS 'Bytes of parameters and files.';
COMMENT ON COLUMN caom2_ai_uws.job.run IS 'How often the job was begun; only the last one may end it.';
COMMENT ON COLUMN caom2_ai_uws.job.losses IS 'How often the process that ran the job was lost.';
COMMENT ON COLUMN caom2_ai_uws.job.ticket IS 'The entry of the queue that it was begun by.';

CREATE VIEW caom2_ai_view.artifact AS
 SELECT a.uri,
    a.planeid,
    a.artifactid,
    a.producttype,
    a.releasetype,
    a.contenttype,
    a.contentlength,
    a.contentchecksum,
    a.contentrelease,
    a.contentreadgroups,
    a.metaproducer,
    a.lastmodified,
    a.maxlastmodified,
    a.metachecksum,
    a.accmetachecksum,
    ((p.metarelease <= (now() AT TIME ZONE 'UTC'::text)) IS TRUE) AS visible
   FROM (caom2.artifact a
     JOIN caom2.plane p ON ((p.planeid = a.planeid)))
  WHERE (p.metarelease <= (now() AT TIME ZONE 'UTC'::text));

CREATE VIEW caom2_ai_view.node AS
 SELECT mapid,
    node,
    gridx,
    gridy,
    nobjects,
    nimages,
    previewurl
   FROM caom2_ai.node;

CREATE VIEW caom2_ai_view.node_match AS
 SELECT mapid1,
    node1,
    mapid2,
    node2,
    overlap
   FROM caom2_ai.node_match;

CREATE VIEW caom2_ai_view.object_node AS
 SELECT i.publisherid,
    i.artifacturi,
    i.part,
    o.mapid,
    o.node,
    o.confidence,
    o.oddness,
    o.x,
    o.y,
    o.ra,
    o."dec",
    o.a,
    o.b,
    o.theta,
    o.flux,
    o.snr,
    o.flags,
    (((p.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(a.contentrelease, p.datarelease) <= (now() AT TIME ZONE 'UTC'::text))) IS TRUE) AS visible
   FROM (((caom2_ai.object_node o
     JOIN caom2_ai.part_fingerprint i ON ((i.imageid = o.imageid)))
     JOIN caom2.plane p ON ((p.planeid = i.planeid)))
     JOIN caom2.artifact a ON (((a.planeid = i.planeid) AND ((a.uri)::text = i.artifacturi))))
  WHERE ((p.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(a.contentrelease, p.datarelease) <= (now() AT TIME ZONE 'UTC'::text)));

CREATE VIEW caom2_ai_view.observation AS
 SELECT observationuri,
    obsid,
    collection,
    observationid,
    algorithm_name,
    type,
    intent,
    sequencenumber,
    metarelease,
    metareadgroups,
    proposal_id,
    proposal_pi,
    proposal_project,
    proposal_title,
    proposal_keywords,
    target_name,
    target_targetid,
    target_type,
    target_standard,
    target_redshift,
    target_moving,
    target_keywords,
    targetposition_coordsys,
    targetposition_equinox,
    targetposition_coordinates_cval1,
    targetposition_coordinates_cval2,
    telescope_name,
    telescope_geolocationx,
    telescope_geolocationy,
    telescope_geolocationz,
    telescope_keywords,
    requirements_flag,
    instrument_name,
    instrument_keywords,
    environment_seeing,
    environment_humidity,
    environment_elevation,
    environment_tau,
    environment_wavelengthtau,
    environment_ambienttemp,
    environment_photometric,
    members,
    typecode,
    metaproducer,
    lastmodified,
    maxlastmodified,
    metachecksum,
    accmetachecksum,
    ((metarelease <= (now() AT TIME ZONE 'UTC'::text)) IS TRUE) AS visible
   FROM caom2.observation o
  WHERE (metarelease <= (now() AT TIME ZONE 'UTC'::text));

CREATE VIEW caom2_ai_view.part AS
 SELECT t.artifactid,
    t.partid,
    t.name,
    t.producttype,
    t.metaproducer,
    t.lastmodified,
    t.maxlastmodified,
    t.metachecksum,
    t.accmetachecksum,
    ((p.metarelease <= (now() AT TIME ZONE 'UTC'::text)) IS TRUE) AS visible
   FROM ((caom2.part t
     JOIN caom2.artifact a ON ((a.artifactid = t.artifactid)))
     JOIN caom2.plane p ON ((p.planeid = a.planeid)))
  WHERE (p.metarelease <= (now() AT TIME ZONE 'UTC'::text));

CREATE VIEW caom2_ai_view.part_fingerprint AS
 SELECT i.planeid,
    i.publisherid,
    i.artifacturi,
    i.part,
    i.mapid,
    i.contentchecksum,
    i.fingerprint,
    i.nobjects,
    i.ndetected,
    i.sampledfraction,
    i.background,
    i.noise,
    i.fwhm,
    i.fwhmpixel,
    i.elongation,
    i.saturatedfraction,
    i.maskedfraction,
    i.naxis1,
    i.naxis2,
    (((p.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(a.contentrelease, p.datarelease) <= (now() AT TIME ZONE 'UTC'::text))) IS TRUE) AS visible
   FROM ((caom2_ai.part_fingerprint i
     JOIN caom2.plane p ON ((p.planeid = i.planeid)))
     JOIN caom2.artifact a ON (((a.planeid = i.planeid) AND ((a.uri)::text = i.artifacturi))))
  WHERE ((p.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(a.contentrelease, p.datarelease) <= (now() AT TIME ZONE 'UTC'::text)));

CREATE VIEW caom2_ai_view.plane AS
 SELECT publisherid,
    obsid,
    planeid,
    planeuri,
    creatorid,
    productid,
    metarelease,
    metareadgroups,
    datarelease,
    datareadgroups,
    dataproducttype,
    calibrationlevel,
    provenance_name,
    provenance_version,
    provenance_reference,
    provenance_producer,
    provenance_project,
    provenance_runid,
    provenance_lastexecuted,
    provenance_keywords,
    provenance_inputs,
    metrics_sourcenumberdensity,
    metrics_background,
    metrics_backgroundstddev,
    metrics_fluxdensitylimit,
    metrics_maglimit,
    observable_ucd,
    quality_flag,
    position_bounds,
    position_bounds_samples,
    position_bounds_size,
    position_resolution,
    position_samplesize,
    position_dimension_naxis1,
    position_dimension_naxis2,
    position_timedependent,
    energy_bounds_lower,
    energy_bounds_upper,
    energy_bounds_width,
    energy_dimension,
    energy_resolvingpower,
    energy_samplesize,
    energy_energybands,
    energy_bandpassname,
    energy_transition_species,
    energy_transition_transition,
    energy_freqwidth,
    energy_freqsamplesize,
    energy_restwav,
    time_bounds_lower,
    time_bounds_upper,
    time_bounds_width,
    time_dimension,
    time_resolution,
    time_samplesize,
    time_exposure,
    polarization_states,
    polarization_dimension,
    custom_ctype,
    custom_bounds_lower,
    custom_bounds_upper,
    custom_bounds_width,
    custom_dimension,
    metaproducer,
    lastmodified,
    maxlastmodified,
    metachecksum,
    accmetachecksum,
    ((metarelease <= (now() AT TIME ZONE 'UTC'::text)) IS TRUE) AS visible
   FROM caom2.plane p
  WHERE (metarelease <= (now() AT TIME ZONE 'UTC'::text));

CREATE TABLE tap_schema.columns (
    table_name text NOT NULL,
    column_name text NOT NULL,
    datatype text NOT NULL,
    arraysize text,
    xtype text,
    size integer,
    description text,
    utype text,
    unit text,
    ucd text,
    indexed integer NOT NULL,
    principal integer NOT NULL,
    std integer NOT NULL,
    column_index integer,
    CONSTRAINT columns_indexed_check CHECK ((indexed = ANY (ARRAY[0, 1]))),
    CONSTRAINT columns_principal_check CHECK ((principal = ANY (ARRAY[0, 1]))),
    CONSTRAINT columns_std_check CHECK ((std = ANY (ARRAY[0, 1])))
);

CREATE VIEW caom2_ai_view.tap_columns AS
 SELECT c.table_name,
    c.column_name,
    c.datatype,
    c.arraysize,
    c.xtype,
    c.size,
    c.description,
    c.utype,
    c.unit,
    c.ucd,
    c.indexed,
    c.principal,
    c.std,
    c.column_index
   FROM ((tap_schema.columns c
     JOIN pg_class r ON ((r.relname = (
        CASE split_part(c.table_name, '.'::text, 1)
            WHEN 'tap_schema'::text THEN 'tap_'::text
            ELSE ''::text
        END || lower(split_part(c.table_name, '.'::text, 2))))))
     JOIN pg_attribute a ON (((a.attrelid = r.oid) AND (a.attname = lower(btrim(c.column_name, '"'::text))) AND (a.attnum > 0))))
  WHERE ((r.relnamespace = ('caom2_ai_view'::regnamespace)::oid) AND (split_part(c.table_name, '.'::text, 1) = ANY (ARRAY['caom2'::text, 'caom2_ai'::text, 'ivoa'::text, 'tap_schema'::text])));

CREATE TABLE tap_schema.key_columns (
    key_id text NOT NULL,
    from_column text NOT NULL,
    target_column text NOT NULL
);

CREATE TABLE tap_schema.keys (
    key_id text NOT NULL,
    from_table text NOT NULL,
    target_table text NOT NULL,
    description text,
    utype text
);

CREATE VIEW caom2_ai_view.tap_keys AS
 SELECT key_id,
    from_table,
    target_table,
    description,
    utype
   FROM tap_schema.keys k
  WHERE (NOT (EXISTS ( SELECT
           FROM tap_schema.key_columns c
          WHERE ((c.key_id = k.key_id) AND (NOT (((k.from_table, c.from_column) IN ( SELECT d.table_name,
                    d.column_name
                   FROM caom2_ai_view.tap_columns d)) AND ((k.target_table, c.target_column) IN ( SELECT d.table_name,
                    d.column_name
                   FROM caom2_ai_view.tap_columns d))))))));

CREATE VIEW caom2_ai_view.tap_key_columns AS
 SELECT key_id,
    from_column,
    target_column
   FROM tap_schema.key_columns c
  WHERE (key_id IN ( SELECT k.key_id
           FROM caom2_ai_view.tap_keys k));

CREATE TABLE tap_schema.tables (
    schema_name text NOT NULL,
    table_name text NOT NULL,
    table_type text NOT NULL,
    utype text,
    description text,
    table_index integer,
    CONSTRAINT tables_table_type_check CHECK ((table_type = ANY (ARRAY['table'::text, 'view'::text])))
);

CREATE VIEW caom2_ai_view.tap_tables AS
 SELECT schema_name,
    table_name,
    table_type,
    utype,
    description,
    table_index
   FROM tap_schema.tables t
  WHERE (table_name IN ( SELECT c.table_name
           FROM caom2_ai_view.tap_columns c));

CREATE TABLE tap_schema.schemas (
    schema_name text NOT NULL,
    utype text,
    description text,
    schema_index integer
);

CREATE VIEW caom2_ai_view.tap_schemas AS
 SELECT schema_name,
    utype,
    description,
    schema_index
   FROM tap_schema.schemas s
  WHERE (schema_name IN ( SELECT t.schema_name
           FROM caom2_ai_view.tap_tables t));

ALTER TABLE ONLY caom2_ai.object_node ATTACH PARTITION caom2_ai.object_node_default DEFAULT;

ALTER TABLE ONLY caom2.artifact
    ADD CONSTRAINT artifact_pkey PRIMARY KEY (artifactid);

ALTER TABLE ONLY caom2.observation
    ADD CONSTRAINT observation_observationuri_key UNIQUE (observationuri);

ALTER TABLE ONLY caom2.observation
    ADD CONSTRAINT observation_pkey PRIMARY KEY (obsid);

ALTER TABLE ONLY caom2.part
    ADD CONSTRAINT part_pkey PRIMARY KEY (partid);

ALTER TABLE ONLY caom2.plane
    ADD CONSTRAINT plane_creatorid_key UNIQUE (creatorid);

ALTER TABLE ONLY caom2.plane
    ADD CONSTRAINT plane_pkey PRIMARY KEY (planeid);

ALTER TABLE ONLY caom2.plane
    ADD CONSTRAINT plane_planeuri_key UNIQUE (planeuri);

ALTER TABLE ONLY caom2.plane
    ADD CONSTRAINT plane_publisherid_key UNIQUE (publisherid);

ALTER TABLE ONLY caom2_ai.distance_rank
    ADD CONSTRAINT distance_rank_pkey PRIMARY KEY (mapid, rank);

ALTER TABLE ONLY caom2_ai.failure
    ADD CONSTRAINT failure_pkey PRIMARY KEY (artifacturi, modelhash);

ALTER TABLE ONLY caom2_ai.field_node
    ADD CONSTRAINT field_node_pkey PRIMARY KEY (planeid, mapid);

ALTER TABLE ONLY caom2_ai.fingerprint
    ADD CONSTRAINT fingerprint_pkey PRIMARY KEY (planeid, mapid);

ALTER TABLE ONLY caom2_ai.label
    ADD CONSTRAINT label_pkey PRIMARY KEY (mapid, node, label);

ALTER TABLE ONLY caom2_ai.map
    ADD CONSTRAINT map_kind_modelhash_key UNIQUE (kind, modelhash);

ALTER TABLE ONLY caom2_ai.map
    ADD CONSTRAINT map_pkey PRIMARY KEY (mapid);

ALTER TABLE ONLY caom2_ai.node_match
    ADD CONSTRAINT node_match_pkey PRIMARY KEY (mapid1, node1, mapid2, node2);

ALTER TABLE ONLY caom2_ai.node
    ADD CONSTRAINT node_pkey PRIMARY KEY (mapid, node);

ALTER TABLE ONLY caom2_ai.part_fingerprint
    ADD CONSTRAINT part_fingerprint_artifacturi_part_mapid_key UNIQUE (artifacturi, part, mapid);

ALTER TABLE ONLY caom2_ai.part_fingerprint
    ADD CONSTRAINT part_fingerprint_pkey PRIMARY KEY (imageid);

ALTER TABLE ONLY caom2_ai.plane_position
    ADD CONSTRAINT plane_position_pkey PRIMARY KEY (planeid);

ALTER TABLE ONLY caom2_ai.schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (name);

ALTER TABLE ONLY caom2_ai_uws.job
    ADD CONSTRAINT job_pkey PRIMARY KEY (jobid);

ALTER TABLE ONLY tap_schema.columns
    ADD CONSTRAINT columns_pkey PRIMARY KEY (table_name, column_name);

ALTER TABLE ONLY tap_schema.key_columns
    ADD CONSTRAINT key_columns_pkey PRIMARY KEY (key_id, from_column, target_column);

ALTER TABLE ONLY tap_schema.keys
    ADD CONSTRAINT keys_pkey PRIMARY KEY (key_id);

ALTER TABLE ONLY tap_schema.schemas
    ADD CONSTRAINT schemas_pkey PRIMARY KEY (schema_name);

ALTER TABLE ONLY tap_schema.tables
    ADD CONSTRAINT tables_pkey PRIMARY KEY (table_name);

CREATE INDEX artifact_planeid ON caom2.artifact USING btree (planeid);

CREATE UNIQUE INDEX artifact_uri ON caom2.artifact USING btree (uri);

CREATE INDEX observation_maxlastmodified ON caom2.observation USING btree (maxlastmodified);

CREATE INDEX part_artifactid ON caom2.part USING btree (artifactid);

CREATE INDEX plane_obsid ON caom2.plane USING btree (obsid);

CREATE INDEX field_node_node ON caom2_ai.field_node USING btree (mapid, node);

CREATE INDEX fingerprint_healpix ON caom2_ai.fingerprint USING btree (healpix);

CREATE INDEX fingerprint_nodes ON caom2_ai.fingerprint USING gin (array_positions((fingerprint)::boolean[], true));

CREATE INDEX fingerprint_obsid ON caom2_ai.fingerprint USING btree (obsid);

CREATE UNIQUE INDEX fingerprint_publisherid ON caom2_ai.fingerprint USING btree (publisherid, mapid);

CREATE UNIQUE INDEX map_current ON caom2_ai.map USING btree (kind) WHERE iscurrent;

CREATE INDEX object_node_image ON ONLY caom2_ai.object_node USING btree (imageid);

CREATE INDEX object_node_default_imageid_idx ON caom2_ai.object_node_default USING btree (imageid);

CREATE INDEX object_node_node ON ONLY caom2_ai.object_node USING btree (mapid, node, healpix);

CREATE INDEX object_node_default_mapid_node_healpix_idx ON caom2_ai.object_node_default USING btree (mapid, node, healpix);

CREATE INDEX part_fingerprint_planeid ON caom2_ai.part_fingerprint USING btree (planeid, mapid);

CREATE INDEX plane_position_healpix ON caom2_ai.plane_position USING btree (healpix);

CREATE INDEX job_destruction ON caom2_ai_uws.job USING btree (destruction);

CREATE INDEX job_session ON caom2_ai_uws.job USING btree (session, creationtime);

CREATE INDEX job_unfinished ON caom2_ai_uws.job USING btree (phase) WHERE (phase = ANY (ARRAY['QUEUED'::text, 'EXECUTING'::text]));

ALTER INDEX caom2_ai.object_node_image ATTACH PARTITION caom2_ai.object_node_default_imageid_idx;

ALTER INDEX caom2_ai.object_node_node ATTACH PARTITION caom2_ai.object_node_default_mapid_node_healpix_idx;

CREATE TRIGGER tell_phase AFTER DELETE OR UPDATE OF phase ON caom2_ai_uws.job FOR EACH ROW EXECUTE FUNCTION caom2_ai_uws.tell_phase();

ALTER TABLE ONLY caom2.artifact
    ADD CONSTRAINT artifact_planeid_fkey FOREIGN KEY (planeid) REFERENCES caom2.plane(planeid) ON DELETE CASCADE;

ALTER TABLE ONLY caom2.part
    ADD CONSTRAINT part_artifactid_fkey FOREIGN KEY (artifactid) REFERENCES caom2.artifact(artifactid) ON DELETE CASCADE;

ALTER TABLE ONLY caom2.plane
    ADD CONSTRAINT plane_obsid_fkey FOREIGN KEY (obsid) REFERENCES caom2.observation(obsid) ON DELETE CASCADE;

ALTER TABLE ONLY caom2_ai.distance_rank
    ADD CONSTRAINT distance_rank_mapid_fkey FOREIGN KEY (mapid) REFERENCES caom2_ai.map(mapid) ON DELETE CASCADE;

ALTER TABLE ONLY caom2_ai.field_node
    ADD CONSTRAINT field_node_mapid_fkey FOREIGN KEY (mapid) REFERENCES caom2_ai.map(mapid) ON DELETE CASCADE;

ALTER TABLE ONLY caom2_ai.fingerprint
    ADD CONSTRAINT fingerprint_mapid_fkey FOREIGN KEY (mapid) REFERENCES caom2_ai.map(mapid);

ALTER TABLE ONLY caom2_ai.label
    ADD CONSTRAINT label_mapid_node_fkey FOREIGN KEY (mapid, node) REFERENCES caom2_ai.node(mapid, node) ON DELETE CASCADE;

ALTER TABLE ONLY caom2_ai.map
    ADD CONSTRAINT map_objectmapid_fkey FOREIGN KEY (objectmapid) REFERENCES caom2_ai.map(mapid);

ALTER TABLE ONLY caom2_ai.node
    ADD CONSTRAINT node_mapid_fkey FOREIGN KEY (mapid) REFERENCES caom2_ai.map(mapid) ON DELETE CASCADE;

ALTER TABLE ONLY caom2_ai.node_match
    ADD CONSTRAINT node_match_mapid1_node1_fkey FOREIGN KEY (mapid1, node1) REFERENCES caom2_ai.node(mapid, node) ON DELETE CASCADE;

ALTER TABLE ONLY caom2_ai.node_match
    ADD CONSTRAINT node_match_mapid2_node2_fkey FOREIGN KEY (mapid2, node2) REFERENCES caom2_ai.node(mapid, node) ON DELETE CASCADE;

ALTER TABLE ONLY caom2_ai.part_fingerprint
    ADD CONSTRAINT part_fingerprint_mapid_fkey FOREIGN KEY (mapid) REFERENCES caom2_ai.map(mapid);

ALTER TABLE ONLY tap_schema.columns
    ADD CONSTRAINT columns_table_name_fkey FOREIGN KEY (table_name) REFERENCES tap_schema.tables(table_name);

ALTER TABLE ONLY tap_schema.key_columns
    ADD CONSTRAINT key_columns_key_id_fkey FOREIGN KEY (key_id) REFERENCES tap_schema.keys(key_id);

ALTER TABLE ONLY tap_schema.keys
    ADD CONSTRAINT keys_from_table_fkey FOREIGN KEY (from_table) REFERENCES tap_schema.tables(table_name);

ALTER TABLE ONLY tap_schema.keys
    ADD CONSTRAINT keys_target_table_fkey FOREIGN KEY (target_table) REFERENCES tap_schema.tables(table_name);

ALTER TABLE ONLY tap_schema.tables
    ADD CONSTRAINT tables_schema_name_fkey FOREIGN KEY (schema_name) REFERENCES tap_schema.schemas(schema_name);
GRANT USAGE ON SCHEMA caom2 TO caomai_ingest;
GRANT USAGE ON SCHEMA caom2_ai TO caomai_ingest;
GRANT USAGE ON SCHEMA caom2_ai TO caomai_query;
GRANT USAGE ON SCHEMA caom2_ai_uws TO caomai_service;
GRANT USAGE ON SCHEMA caom2_ai_view TO caomai_query;
GRANT USAGE ON SCHEMA caom2_ai_view TO caomai_ingest;
GRANT USAGE ON SCHEMA tap_schema TO caomai_query;
GRANT USAGE ON SCHEMA tap_schema TO caomai_ingest;
GRANT ALL ON SCHEMA tap_upload TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.label TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.map TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.label TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.label TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.map TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.map TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.distance_rank TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.distance_rank TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.distance_rank TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.field_node TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.fingerprint TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.fingerprint TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.fingerprint TO caomai_ingest;
REVOKE ALL ON FUNCTION caom2_ai.make_map_index(mapid integer) FROM PUBLIC;
GRANT ALL ON FUNCTION caom2_ai.make_map_index(mapid integer) TO caomai_ingest;
REVOKE ALL ON FUNCTION caom2_ai.refresh_distance_rank(mapid integer) FROM PUBLIC;
GRANT ALL ON FUNCTION caom2_ai.refresh_distance_rank(mapid integer) TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.node TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.field_node TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.field_node TO caomai_ingest;
REVOKE ALL ON FUNCTION caom2_ai.refresh_nodes() FROM PUBLIC;
GRANT ALL ON FUNCTION caom2_ai.refresh_nodes() TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE caom2.artifact TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE caom2.observation TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE caom2.part TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE caom2.plane TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.failure TO caomai_ingest;
GRANT USAGE ON SEQUENCE caom2_ai.map_mapid_seq TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.node_match TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.object_node TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.object_node_default TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.part_fingerprint TO caomai_ingest;
GRANT USAGE ON SEQUENCE caom2_ai.part_fingerprint_imageid_seq TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.plane_position TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai.schema_version TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE caom2_ai_uws.job TO caomai_service;
GRANT SELECT ON TABLE caom2_ai_view.artifact TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.artifact TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.node TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.node TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.node_match TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.node_match TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.object_node TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.object_node TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.observation TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.observation TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.part TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.part TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.part_fingerprint TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.part_fingerprint TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.plane TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.plane TO caomai_ingest;
GRANT SELECT ON TABLE tap_schema.columns TO caomai_query;
GRANT SELECT ON TABLE tap_schema.columns TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.tap_columns TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.tap_columns TO caomai_ingest;
GRANT SELECT ON TABLE tap_schema.key_columns TO caomai_query;
GRANT SELECT ON TABLE tap_schema.key_columns TO caomai_ingest;
GRANT SELECT ON TABLE tap_schema.keys TO caomai_query;
GRANT SELECT ON TABLE tap_schema.keys TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.tap_keys TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.tap_keys TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.tap_key_columns TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.tap_key_columns TO caomai_ingest;
GRANT SELECT ON TABLE tap_schema.tables TO caomai_query;
GRANT SELECT ON TABLE tap_schema.tables TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.tap_tables TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.tap_tables TO caomai_ingest;
GRANT SELECT ON TABLE tap_schema.schemas TO caomai_query;
GRANT SELECT ON TABLE tap_schema.schemas TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.tap_schemas TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.tap_schemas TO caomai_ingest;
