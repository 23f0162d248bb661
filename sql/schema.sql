-- The schema after all migrations, written by `make schema`; the queue has procrastinate's.
CREATE SCHEMA caom2;

CREATE SCHEMA caom2_ai;

CREATE SCHEMA caom2_ai_uws;

CREATE SCHEMA caom2_ai_view;

CREATE SCHEMA tap_schema;

CREATE SCHEMA tap_upload;

CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public;
COMMENT ON EXTENSION vector IS 'vector data type and ivfflat and hnsw access methods';

CREATE FUNCTION caom2_ai.box_region(ra double precision, "dec" double precision, width double precision, height double precision) RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
declare
    corners double precision[] := '{}';
    x double precision;
    y double precision;
    z double precision;
    top double precision;
    corner_ra double precision;
begin
    if not coalesce(abs(ra) <= 720 and abs("dec") <= 90 and width >= 0 and width < 180
            and height >= 0 and height < 180, false) then
        return null;
    end if;
    top := atan2d(sind(height / 2) * cosd(width / 2), cosd(height / 2));
    for i in 0..3 loop
        x := cosd(top) * cosd(width / 2);
        y := cosd(top) * sind(width / 2) * case when i in (0, 3) then -1 else 1 end;
        z := sind(top) * case when i < 2 then -1 else 1 end;
        corner_ra := ra + atan2d(y, x * cosd("dec") - z * sind("dec"));
        corners := corners || (corner_ra - 360 * floor(corner_ra / 360))
            || asind(greatest(-1, least(1, x * sind("dec") + z * cosd("dec"))));
    end loop;
    return corners;
end
$$;

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
    labelprecision real,
    carriedfrom integer,
    carriedoverlap real,
    origin text DEFAULT 'person'::text NOT NULL,
    precisionlow real,
    precisionhigh real,
    lift real,
    nseen integer,
    labelledset text,
    modelhash text,
    checkedprecision real,
    checkedlow real,
    checkedhigh real,
    nchecked integer,
    ncheckednodes integer,
    checkedby text,
    checkedtime timestamp without time zone,
    CONSTRAINT label_author_check CHECK (((length(author) >= 1) AND (length(author) <= 64))),
    CONSTRAINT label_author_check1 CHECK ((author !~ '[[:cntrl:]<>]'::text)),
    CONSTRAINT label_check CHECK (((origin = 'person'::text) OR ((labelprecision IS NOT NULL) AND (nseen IS NOT NULL) AND (labelledset IS NOT NULL)))),
    CONSTRAINT label_check1 CHECK ((num_nulls(checkedprecision, checkedlow, checkedhigh, nchecked, ncheckednodes, checkedby, checkedtime) = ANY (ARRAY[0, 7]))),
    CONSTRAINT label_checkedby_check CHECK (((length(checkedby) >= 1) AND (length(checkedby) <= 64) AND (checkedby !~ '[[:cntrl:]<>]'::text))),
    CONSTRAINT label_checkedprecision_check CHECK (((checkedprecision >= (0)::double precision) AND (checkedprecision <= (1)::double precision))),
    CONSTRAINT label_label_check CHECK (((length(label) >= 1) AND (length(label) <= 64))),
    CONSTRAINT label_label_check1 CHECK ((label !~ '[[:cntrl:]<>]'::text)),
    CONSTRAINT label_nchecked_check CHECK ((nchecked > 0)),
    CONSTRAINT label_ncheckednodes_check CHECK ((ncheckednodes > 0)),
    CONSTRAINT label_origin_check CHECK ((origin = ANY (ARRAY['person'::text, 'suggested'::text])))
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
    modelname text,
    dropped boolean DEFAULT false NOT NULL,
    typicalimages bigint,
    CONSTRAINT map_check CHECK (((kind = 'field'::text) = (objectmapid IS NOT NULL))),
    CONSTRAINT map_kind_check CHECK ((kind = ANY (ARRAY['object'::text, 'field'::text])))
);
COMMENT ON COLUMN caom2_ai.map.arrays IS 'object map: maps.npz of the model; field map: NumPy''s .npz where it was fitted here, else NULL';

CREATE VIEW caom2_ai_view.label AS
 SELECT mapid,
    node,
    label,
    author,
    created,
    labelprecision,
    origin,
    precisionlow,
    precisionhigh,
    lift,
    nseen,
    labelledset,
    modelhash,
    carriedfrom,
    carriedoverlap,
    checkedprecision,
    checkedlow,
    checkedhigh,
    nchecked,
    ncheckednodes,
    checkedby,
    checkedtime
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

CREATE FUNCTION caom2_ai.label_positions(label text) RETURNS integer[]
    LANGUAGE sql STABLE COST 10 PARALLEL SAFE
    RETURN (SELECT COALESCE(array_agg((l.node + 1) ORDER BY l.node), '{}'::integer[]) AS "coalesce" FROM caom2_ai_view.label l WHERE ((l.label = label_positions.label) AND (l.mapid = (SELECT m.mapid FROM caom2_ai_view.map m WHERE ((m.kind = 'object'::text) AND (m.iscurrent = 1))))));

CREATE FUNCTION caom2_ai.caomai_label_count(fingerprint integer[], label text) RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ((SELECT CASE WHEN (caomai_label_count.fingerprint IS NOT NULL) THEN COALESCE(sum((caomai_label_count.fingerprint)[p.p]), (0)::bigint) ELSE NULL::bigint END AS "case" FROM unnest(caom2_ai.label_positions(caomai_label_count.label)) p(p)))::integer;

CREATE FUNCTION caom2_ai.caomai_object_distance(v1 public.halfvec, v2 public.halfvec) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (v1 OPERATOR(public.<->) v2);

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

CREATE TABLE caom2_ai.object_vector (
    objectid bigint NOT NULL,
    healpix bigint,
    ra double precision,
    "dec" double precision,
    mapid integer NOT NULL,
    imageid integer NOT NULL,
    x real NOT NULL,
    y real NOT NULL,
    snr real NOT NULL,
    node smallint NOT NULL,
    vector public.halfvec(64) NOT NULL
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
    objectoddness real,
    statistics real[],
    objectshare real,
    CONSTRAINT part_fingerprint_fingerprint_check CHECK ((cardinality(fingerprint) = 400))
);
COMMENT ON COLUMN caom2_ai.part_fingerprint.statistics IS 'in the order of fingerprinting.description.STATISTICS; NaN where unknown';

CREATE VIEW caom2_ai_view.object_vector AS
 SELECT v.objectid,
    i.publisherid,
    i.artifacturi,
    i.part,
    v.mapid,
    v.node,
    v.x,
    v.y,
    v.ra,
    v."dec",
    v.snr,
    v.vector,
    o.collection,
    o.instrument_name,
    p.planeid,
    p.obsid,
    v.healpix,
    (((p.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(a.contentrelease, p.datarelease) <= (now() AT TIME ZONE 'UTC'::text))) IS TRUE) AS visible
   FROM ((((caom2_ai.object_vector v
     JOIN caom2_ai.part_fingerprint i ON ((i.imageid = v.imageid)))
     JOIN caom2.plane p ON ((p.planeid = i.planeid)))
     JOIN caom2.artifact a ON (((a.planeid = i.planeid) AND ((a.uri)::text >= i.artifacturi) AND ((a.uri)::text <= i.artifacturi))))
     LEFT JOIN caom2.observation o ON (((o.obsid = p.obsid) AND (o.metarelease <= (now() AT TIME ZONE 'UTC'::text)))))
  WHERE ((p.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(a.contentrelease, p.datarelease) <= (now() AT TIME ZONE 'UTC'::text)));
COMMENT ON COLUMN caom2_ai_view.object_vector.healpix IS 'twin: healpix of ra, dec';

CREATE FUNCTION caom2_ai.caomai_object_vector(objectid bigint) RETURNS public.halfvec
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT o.vector FROM caom2_ai_view.object_vector o WHERE ((o.objectid = caomai_object_vector.objectid) AND (o.mapid = (SELECT m.mapid FROM caom2_ai_view.map m WHERE ((m.kind = 'object'::text) AND (m.iscurrent = 1))))));

CREATE FUNCTION caom2_ai.rank_among(dist double precision, dists double precision[], ranks double precision[]) RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
declare
    place constant integer := width_bucket(dist, dists);
begin
    if place = 0 then
        return 0;
    elsif place = cardinality(dists) then
        return 100;
    end if;
    return ranks[place] + (ranks[place + 1] - ranks[place]) * (dist - dists[place]) / (dists[place + 1] - dists[place]);
end
$$;

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

CREATE FUNCTION caom2_ai.rank_scale(OUT dists double precision[], OUT ranks double precision[]) RETURNS record
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT array_agg(s.dist ORDER BY s.rank, s.dist) AS array_agg,
     array_agg(s.rank ORDER BY s.rank, s.dist) AS array_agg
    FROM ( SELECT r.rank,
             r.dist
            FROM caom2_ai_view.distance_rank r
           WHERE (r.mapid = ( SELECT m.mapid
                    FROM caom2_ai_view.map m
                   WHERE ((m.kind = 'object'::text) AND (m.iscurrent = 1))))
         UNION ALL
          VALUES (0,0), (100,2)) s
  HAVING (count(*) > 2);
END;

CREATE FUNCTION caom2_ai.caomai_rank(dist double precision) RETURNS double precision
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT caom2_ai.rank_among(caomai_rank.dist, s.dists, s.ranks) AS rank_among
    FROM caom2_ai.rank_scale() s(dists, ranks);
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

CREATE TABLE caom2_ai.image_oddness (
    planeid uuid NOT NULL,
    mapid integer NOT NULL,
    cameraid integer NOT NULL,
    ishistory boolean NOT NULL,
    oddness real NOT NULL,
    CONSTRAINT image_oddness_oddness_check CHECK (((oddness >= (0)::double precision) AND (oddness <= (100)::double precision)))
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
    k.oddness,
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
   FROM (((caom2_ai.fingerprint f
     LEFT JOIN caom2_ai.map m ON ((m.mapid = f.mapid)))
     LEFT JOIN caom2_ai.field_node n ON (((n.planeid = f.planeid) AND (n.mapid = ( SELECT c.mapid
           FROM caom2_ai.map c
          WHERE ((c.kind = 'field'::text) AND c.iscurrent))) AND (f.mapid = ( SELECT c.objectmapid
           FROM caom2_ai.map c
          WHERE ((c.kind = 'field'::text) AND c.iscurrent))))))
     LEFT JOIN caom2_ai.image_oddness k ON (((k.planeid = f.planeid) AND (k.mapid = f.mapid))))
  WHERE ((f.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(f.contentrelease, f.datarelease) <= (now() AT TIME ZONE 'UTC'::text)));
COMMENT ON COLUMN caom2_ai_view.fingerprint.healpix IS 'twin: healpix, place of ra, dec';

CREATE FUNCTION caom2_ai.field_of(publisherid text) RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT f.fieldnode FROM caom2_ai_view.fingerprint f WHERE ((f.publisherid = field_of.publisherid) AND (f.iscurrent = 1)));

CREATE FUNCTION caom2_ai.caomai_same_field(publisherid1 text, publisherid2 text) RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ((caom2_ai.field_of(publisherid1) = caom2_ai.field_of(publisherid2)))::integer;

CREATE FUNCTION caom2_ai.caomai_vector(publisherid text) RETURNS public.halfvec
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT f.vector FROM caom2_ai_view.fingerprint f WHERE ((f.publisherid = caomai_vector.publisherid) AND (f.mapid = (SELECT m.mapid FROM caom2_ai_view.map m WHERE ((m.kind = 'object'::text) AND (m.iscurrent = 1))))));

CREATE FUNCTION caom2_ai.chart_box(region double precision[]) RETURNS box
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
declare
    everything constant box := box(point(-1e10, -1e10), point(1e10, 1e10));
    n constant integer := cardinality(region);
    ra double precision := region[1];
    "dec" double precision := region[2];
    radius double precision := region[3];
    x double precision := 0;
    y double precision := 0;
    z double precision := 0;
    depth double precision;
begin
    if caom2_ai.is_region(region) is not true then
        return null;
    elsif n > 3 then
        for i in 1..n by 2 loop
            x := x + cosd(region[i + 1]) * cosd(region[i]);
            y := y + cosd(region[i + 1]) * sind(region[i]);
            z := z + sind(region[i + 1]);
        end loop;
        if x * x + y * y + z * z < 1e-12 then
            return everything;
        end if;
        ra := atan2d(y, x);
        "dec" := atan2d(z, sqrt(x * x + y * y));
        radius := 0;
        for i in 1..n by 2 loop
            radius := greatest(radius, caom2_ai.distance(ra, "dec", region[i], region[i + 1]));
        end loop;
        -- The smaller side of a border that goes around a hemisphere may lie outside of the circle.
        if radius > 89 then
            return everything;
        end if;
    end if;
    radius := radius + 1e-9;
    if "dec" - radius < -89.999999 then
        return everything;
    end if;
    depth := 2 * sind((90 + "dec" + radius) / 2) * sind((90 + "dec" - radius) / 2);
    x := cosd("dec") * cosd(ra) / depth;
    y := cosd("dec") * sind(ra) / depth;
    radius := sind(radius) / depth + 1e-14 * (abs(x) + abs(y));
    return box(point(x - radius, y - radius), point(x + radius, y + radius));
end
$$;

CREATE FUNCTION caom2_ai.chart_point(ra double precision, "dec" double precision) RETURNS point
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN ((abs(ra) <= (720)::double precision) AND (abs("dec") <= (90)::double precision)) THEN point((LEAST(tand(((45)::double precision - ("dec" / (2)::double precision))), ('1000000000'::numeric)::double precision) * cosd(ra)), (LEAST(tand(((45)::double precision - ("dec" / (2)::double precision))), ('1000000000'::numeric)::double precision) * sind(ra))) ELSE NULL::point END;

CREATE FUNCTION caom2_ai.distance(ra1 double precision, dec1 double precision, ra2 double precision, dec2 double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ((2)::double precision * atan2d(sqrt(abs(((sind(((dec1 - dec2) / (2)::double precision)) ^ (2)::double precision) + ((cosd(dec1) * cosd(dec2)) * (sind(((ra1 - ra2) / (2)::double precision)) ^ (2)::double precision))))), sqrt(abs(((sind(((dec1 + dec2) / (2)::double precision)) ^ (2)::double precision) + ((cosd(dec1) * cosd(dec2)) * (cosd(((ra1 - ra2) / (2)::double precision)) ^ (2)::double precision)))))));

CREATE FUNCTION caom2_ai.field_members(publisherid text) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT f.publisherid
    FROM caom2_ai_view.fingerprint f
   WHERE ((f.iscurrent = 1) AND (f.fieldnode = ( SELECT caom2_ai.field_of(field_members.publisherid) AS field_of)));
END;

CREATE FUNCTION caom2_ai.give_label(node integer, label text, author text, most_a_minute integer) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'caom2_ai'
    AS $$
declare
    most_of_node constant integer := 20;
    present constant timestamp := date_trunc('second', now() at time zone 'UTC');
    map integer;
begin
    select m.mapID into map from caom2_ai.map m where m.kind = 'object' and m.isCurrent;
    if map is null then
        return 'no map';
    end if;
    lock table caom2_ai.label in share row exclusive mode;
    if exists (
        select from caom2_ai.label l
        where l.mapID = map and l.node = give_label.node and l.label = give_label.label and l.origin = 'person'
    ) then
        return 'there';
    end if;
    if (select count(*) >= most_a_minute from caom2_ai.label l
        where l.mapID = map and l.origin = 'person' and l.created > present - interval '1 minute') then
        return 'busy';
    end if;
    if (select count(*) >= most_of_node from caom2_ai.label l
        where l.mapID = map and l.origin = 'person' and l.node = give_label.node) then
        return 'full';
    end if;
    delete from caom2_ai.label l
    where l.mapID = map and l.node = give_label.node and l.label <> give_label.label and l.origin = 'suggested';
    insert into caom2_ai.label (mapID, node, label, author, created) values (map, node, label, author, present)
    on conflict on constraint label_pkey do update
    set author = excluded.author, created = excluded.created, origin = 'person', carriedFrom = null, carriedOverlap = null;
    return 'added';
end
$$;

CREATE FUNCTION caom2_ai.healpix(ra double precision, "dec" double precision) RETURNS bigint
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
declare
    nside constant bigint := 536870912;
    turn double precision;
    z double precision;
    cap double precision;
    quarter bigint;
    jp bigint;
    jm bigint;
    face bigint;
    pair bigint[];
begin
    if not coalesce(abs(ra) <= 720 and abs("dec") <= 90, false) then
        return null;
    end if;
    turn := (ra - 360 * floor(ra / 360)) / 90;
    z := sind("dec");
    if abs(z) <= 2 / 3.0 then
        jp := floor(nside * (0.5 + turn - z * 0.75));
        jm := floor(nside * (0.5 + turn + z * 0.75));
        if jp >> 29 = jm >> 29 then
            face := 4 + ((jp >> 29) & 3);
        elsif jp >> 29 < jm >> 29 then
            face := (jp >> 29) & 3;
        else
            face := 8 + ((jm >> 29) & 3);
        end if;
        pair := array[jm & (nside - 1), nside - 1 - (jp & (nside - 1))];
    else
        quarter := least(3, floor(turn));
        cap := nside * cosd("dec") * sqrt(3 / (1 + abs(z)));
        jp := least(nside - 1, floor((turn - quarter) * cap));
        jm := least(nside - 1, floor((1 - turn + quarter) * cap));
        face := quarter + case when z > 0 then 0 else 8 end;
        pair := case when z > 0 then array[nside - 1 - jm, nside - 1 - jp] else array[jp, jm] end;
    end if;
    for i in 1..2 loop
        -- A zero between each two bits.
        pair[i] := (pair[i] | (pair[i] << 16)) & x'0000ffff0000ffff'::bigint;
        pair[i] := (pair[i] | (pair[i] << 8)) & x'00ff00ff00ff00ff'::bigint;
        pair[i] := (pair[i] | (pair[i] << 4)) & x'0f0f0f0f0f0f0f0f'::bigint;
        pair[i] := (pair[i] | (pair[i] << 2)) & x'3333333333333333'::bigint;
        pair[i] := (pair[i] | (pair[i] << 1)) & x'5555555555555555'::bigint;
    end loop;
    return (face << 58) | pair[1] | (pair[2] << 1);
end
$$;

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
    (((o.imageid)::bigint << 20) + o.objectid) AS objectid,
    o.imageid,
    o.healpix,
    (((p.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(a.contentrelease, p.datarelease) <= (now() AT TIME ZONE 'UTC'::text))) IS TRUE) AS visible
   FROM (((caom2_ai.object_node o
     JOIN caom2_ai.part_fingerprint i ON ((i.imageid = o.imageid)))
     JOIN caom2.plane p ON ((p.planeid = i.planeid)))
     JOIN caom2.artifact a ON (((a.planeid = i.planeid) AND ((a.uri)::text >= i.artifacturi) AND ((a.uri)::text <= i.artifacturi))))
  WHERE ((p.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(a.contentrelease, p.datarelease) <= (now() AT TIME ZONE 'UTC'::text)));
COMMENT ON COLUMN caom2_ai_view.object_node.healpix IS 'twin: healpix, place of ra, dec';

CREATE FUNCTION caom2_ai.is_object(objectid bigint, mapid integer) RETURNS boolean
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN (EXISTS (SELECT FROM caom2_ai_view.object_node n WHERE ((n.imageid = (is_object.objectid >> 20)) AND (n.objectid = is_object.objectid) AND (n.mapid = is_object.mapid))));

CREATE FUNCTION caom2_ai.is_region(region double precision[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (((cardinality(region) = 3) OR ((cardinality(region) >= 6) AND ((cardinality(region) % 2) = 0))) AND (array_ndims(region) = 1) AND (array_lower(region, 1) = 1) AND (((('-720'::integer)::double precision <= ALL (region)) AND ((720)::double precision >= ALL (region))) IS TRUE) AND ((cardinality(region) > 3) OR (((region)[3] >= (0)::double precision) AND ((region)[3] <= (180)::double precision) AND (abs((region)[2]) <= (90)::double precision))));

CREATE FUNCTION caom2_ai.label_mask(label text) RETURNS public.vector
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT (((('{'::text || COALESCE(string_agg((p.p || ':1'::text), ','::text ORDER BY p.p), ''::text)) || '}/400'::text))::public.sparsevec)::public.vector AS vector FROM unnest(caom2_ai.label_positions(label_mask.label)) p(p));

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
    -- With m = 8 some clusters of objects are never reached.
    execute format(
        'create index if not exists object_vector_%s on caom2_ai.object_vector using hnsw (vector %s.halfvec_l2_ops)'
        ' with (m = 16, ef_construction = 64) where mapID = %s',
        mapID, extension, mapID
    );
    return name;
end
$$;

CREATE FUNCTION caom2_ai.no_vector(who text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (who || ' no vector to be compared by: of each image only the objects of highest signal to noise have one. An operator can give vectors to more of them (set CAOMAI_OBJECT_SHARE, then caom-ai fingerprint --missing-vectors).'::text);

CREATE FUNCTION caom2_ai.missing_object(objectid bigint, mapid integer) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN caom2_ai.is_object(objectid, mapid) THEN caom2_ai.no_vector((('Object '::text || objectid) || ' has'::text)) ELSE (('No object that can be compared is known here as '::text || objectid) || '.'::text) END;

CREATE FUNCTION caom2_ai.missing_objects(publisherid text, mapid integer, place text) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN CASE (SELECT (f.nobjects > 0) FROM caom2_ai_view.fingerprint f WHERE ((f.publisherid = missing_objects.publisherid) AND (f.mapid = missing_objects.mapid))) WHEN true THEN caom2_ai.no_vector((('The objects of '::text || "left"(publisherid, 200)) || ' have'::text)) WHEN false THEN ("left"(publisherid, 200) || ' has no objects.'::text) ELSE (((('No object that can be compared is known here in '::text || "left"(publisherid, 200)) || ' '::text) || place) || '.'::text) END;

CREATE FUNCTION caom2_ai.node_levels(fingerprint integer[]) RETURNS integer[]
    LANGUAGE sql IMMUTABLE STRICT COST 1000 PARALLEL SAFE
    RETURN (SELECT COALESCE(array_agg((((400 * level.level) + f.node) - 1)), '{}'::integer[]) AS "coalesce" FROM ((SELECT (f_1.node)::integer AS node, f_1.count FROM unnest(node_levels.fingerprint) WITH ORDINALITY f_1(count, node) WHERE (f_1.count >= 2)) f JOIN unnest('{2,5,10,20,50,100,200,500,1000,2000}'::integer[]) level(level) ON ((f.count >= level.level))));

CREATE FUNCTION caom2_ai.on_arc(a1 double precision, a2 double precision, a3 double precision, b1 double precision, b2 double precision, b3 double precision, p1 double precision, p2 double precision, p3 double precision) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
declare
    n1 constant double precision := a2 * b3 - a3 * b2;
    n2 constant double precision := a3 * b1 - a1 * b3;
    n3 constant double precision := a1 * b2 - a2 * b1;
    least_product constant double precision := -4e-16 * sqrt(n1 * n1 + n2 * n2 + n3 * n3);
begin
    -- A corner that is repeated makes no arc.
    return least_product < -4e-31
        and (a2 * p3 - a3 * p2) * n1 + (a3 * p1 - a1 * p3) * n2 + (a1 * p2 - a2 * p1) * n3 >= least_product
        and (p2 * b3 - p3 * b2) * n1 + (p3 * b1 - p1 * b3) * n2 + (p1 * b2 - p2 * b1) * n3 >= least_product;
end
$$;

CREATE FUNCTION caom2_ai.polygon_edges(region double precision[], OUT a1 double precision, OUT a2 double precision, OUT a3 double precision, OUT b1 double precision, OUT b2 double precision, OUT b3 double precision, OUT n1 double precision, OUT n2 double precision, OUT n3 double precision) RETURNS SETOF record
    LANGUAGE plpgsql IMMUTABLE STRICT ROWS 5 PARALLEL SAFE
    AS $$
declare
    n constant integer := cardinality(region);
begin
    a1 := cosd(region[n]) * cosd(region[n - 1]);
    a2 := cosd(region[n]) * sind(region[n - 1]);
    a3 := sind(region[n]);
    for i in 1..n by 2 loop
        b1 := cosd(region[i + 1]) * cosd(region[i]);
        b2 := cosd(region[i + 1]) * sind(region[i]);
        b3 := sind(region[i + 1]);
        -- The difference keeps the digits of short edges.
        n1 := a2 * (b3 - a3) - a3 * (b2 - a2);
        n2 := a3 * (b1 - a1) - a1 * (b3 - a3);
        n3 := a1 * (b2 - a2) - a2 * (b1 - a1);
        if n1 * n1 + n2 * n2 + n3 * n3 > 1e-30 then
            return next;
        end if;
        a1 := b1;
        a2 := b2;
        a3 := b3;
    end loop;
end
$$;

CREATE FUNCTION caom2_ai.polygon_area(region double precision[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT COALESCE(sum(((2)::double precision * atan2((((polygon_edges.n1 * (origin.o1 - polygon_edges.a1)) + (polygon_edges.n2 * (origin.o2 - polygon_edges.a2))) + (polygon_edges.n3 * (origin.o3 - polygon_edges.a3))), (((((((1)::double precision + (polygon_edges.a1 * polygon_edges.b1)) + (polygon_edges.a2 * polygon_edges.b2)) + (polygon_edges.a3 * polygon_edges.b3)) + (origin.o1 * (polygon_edges.a1 + polygon_edges.b1))) + (origin.o2 * (polygon_edges.a2 + polygon_edges.b2))) + (origin.o3 * (polygon_edges.a3 + polygon_edges.b3)))))), (0)::double precision) AS "coalesce" FROM caom2_ai.polygon_edges(polygon_area.region) polygon_edges(a1, a2, a3, b1, b2, b3, n1, n2, n3), LATERAL (SELECT (cosd((polygon_area.region)[2]) * cosd((polygon_area.region)[1])) AS o1, (cosd((polygon_area.region)[2]) * sind((polygon_area.region)[1])) AS o2, sind((polygon_area.region)[2]) AS o3) origin);

CREATE FUNCTION caom2_ai.polygon_distance(region double precision[], ra double precision, "dec" double precision) RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
declare
    p1 constant double precision := cosd("dec") * cosd(ra);
    p2 constant double precision := cosd("dec") * sind(ra);
    p3 constant double precision := sind("dec");
    e record;
    along double precision;
    back double precision;
    nearest double precision := 180;
begin
    for i in 1..cardinality(region) by 2 loop
        nearest := least(nearest, caom2_ai.distance(region[i], region[i + 1], ra, "dec"));
    end loop;
    for e in select *, sqrt(n1 * n1 + n2 * n2 + n3 * n3) as length from caom2_ai.polygon_edges(region) loop
        -- How far the position lies from a towards b, and from b towards a, along the edge.
        along := (e.n2 * e.a3 - e.n3 * e.a2) * p1 + (e.n3 * e.a1 - e.n1 * e.a3) * p2 + (e.n1 * e.a2 - e.n2 * e.a1) * p3;
        back := (e.n2 * e.b3 - e.n3 * e.b2) * p1 + (e.n3 * e.b1 - e.n1 * e.b3) * p2
            + (e.n1 * e.b2 - e.n2 * e.b1) * p3;
        if along > 0 and back < 0 then
            nearest := least(nearest, abs(asind(greatest(-1, least(1, (e.n1 * p1 + e.n2 * p2 + e.n3 * p3) / e.length)))));
        end if;
    end loop;
    return nearest;
end
$$;

CREATE FUNCTION caom2_ai.polygon_poles(region double precision[], OUT north boolean, OUT south boolean) RETURNS record
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
declare
    n constant integer := cardinality(region);
    turn double precision := 0;
    step double precision;
    here double precision := tand(region[n] / 2);
    there double precision;
    below double precision := 0;
begin
    for i in 1..n by 2 loop
        step := region[i] - region[case when i = 1 then n - 1 else i - 2 end];
        step := step - 360 * round(step / 360);
        there := tand(region[i + 1] / 2);
        turn := turn + step;
        below := below + 2 * atan2(sind(step / 2) * (here + there), cosd(step / 2) * (1 + here * there));
        here := there;
    end loop;
    if abs(turn) > 180 then
        north := (turn > 0) = (below >= 0);
        south := not north;
    else
        north := abs(below) > 2 * pi();
        south := north;
    end if;
end
$$;

CREATE FUNCTION caom2_ai.polygons_cross(one double precision[], other double precision[]) RETURNS integer
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT COALESCE(max(CASE WHEN ((LEAST(sides.acb, sides.bda, sides.cbd, sides.dac) > (0.0000000000000004)::double precision) OR (GREATEST(sides.acb, sides.bda, sides.cbd, sides.dac) < ('-0.0000000000000004'::numeric)::double precision)) THEN 2 WHEN (((abs(sides.acb) <= (0.0000000000000004)::double precision) AND caom2_ai.on_arc(a.a1, a.a2, a.a3, a.b1, a.b2, a.b3, c.a1, c.a2, c.a3)) OR ((abs(sides.dac) <= (0.0000000000000004)::double precision) AND caom2_ai.on_arc(c.a1, c.a2, c.a3, c.b1, c.b2, c.b3, a.a1, a.a2, a.a3))) THEN 1 ELSE 0 END), 0) AS "coalesce" FROM caom2_ai.polygon_edges(polygons_cross.one) a(a1, a2, a3, b1, b2, b3, n1, n2, n3), caom2_ai.polygon_edges(polygons_cross.other) c(a1, a2, a3, b1, b2, b3, n1, n2, n3), LATERAL (SELECT (- (((a.n1 * c.a1) + (a.n2 * c.a2)) + (a.n3 * c.a3))) AS acb, (((a.n1 * c.b1) + (a.n2 * c.b2)) + (a.n3 * c.b3)) AS bda, (- (((c.n1 * a.b1) + (c.n2 * a.b2)) + (c.n3 * a.b3))) AS cbd, (((c.n1 * a.a1) + (c.n2 * a.a2)) + (c.n3 * a.a3)) AS dac) sides);

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
 WITH camera AS (
          SELECT f.mapid,
             count(*) AS n,
             public.avg((f.fingerprint)::public.vector) AS objects,
             public.avg((((f.fingerprint)::boolean[])::integer[])::public.vector) AS images
            FROM caom2_ai_view.fingerprint f
           GROUP BY f.mapid, f.collection, f.instrument_name
         ), counted AS (
          SELECT c_1.mapid,
             (s."position" - 1) AS node,
             (sum(round((s.objects * (c_1.n)::double precision))))::bigint AS nobjects,
             (sum(round((s.images * (c_1.n)::double precision))))::bigint AS nimages
            FROM (camera c_1
              CROSS JOIN LATERAL UNNEST((c_1.objects)::real[], (c_1.images)::real[]) WITH ORDINALITY s(objects, images, "position"))
           GROUP BY c_1.mapid, s."position"
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

CREATE FUNCTION caom2_ai.refresh_positions(most integer) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
    changed integer;
    gone integer;
begin
    if pg_get_viewdef('caom2_ai.plane_centre'::regclass) !~ 'plane_position' then
        return 0;
    end if;
    with stale as materialized (
        select p.planeID, p.position_bounds as bounds, p.lastModified
        from caom2.Plane p
        left join caom2_ai.plane_position s on s.planeID = p.planeID
        where s.modified is distinct from p.lastModified and caom2_ai.is_region(p.position_bounds)
        limit most
    )
    insert into caom2_ai.plane_position as s (planeID, ra, dec, healpix, extent, modified)
    select planeID, centre[1], centre[2], caom2_ai.healpix(centre[1], centre[2]), caom2_ai.chart_box(bounds), lastModified
    from stale, lateral (select caom2_ai.region_centroid(bounds) as centre) as found
    on conflict (planeID) do update set ra = excluded.ra, dec = excluded.dec, healpix = excluded.healpix,
        extent = excluded.extent, modified = excluded.modified;
    get diagnostics changed = row_count;
    delete from caom2_ai.plane_position s
    where s.planeID in (
        select t.planeID
        from caom2_ai.plane_position t
        left join caom2.Plane p on p.planeID = t.planeID
        where p.planeID is null
            or (t.modified <> p.lastModified and caom2_ai.is_region(p.position_bounds) is not true)
        limit most
    );
    get diagnostics gone = row_count;
    return changed + gone;
end
$$;

CREATE FUNCTION caom2_ai.region_area(region double precision[]) RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
declare
    area double precision;
begin
    if caom2_ai.is_region(region) is not true then
        return null;
    elsif cardinality(region) = 3 then
        return 4 * pi() * degrees(degrees(sind(region[3] / 2) ^ 2));
    end if;
    area := abs(caom2_ai.polygon_area(region));
    return degrees(degrees(greatest(0, least(area, 4 * pi() - area))));
end
$$;

CREATE FUNCTION caom2_ai.region_box(region double precision[]) RETURNS box
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
declare
    n constant integer := cardinality(region);
    margin constant double precision := 1e-9;
    west double precision;
    east double precision;
    south double precision;
    north double precision;
    here double precision;
    step double precision;
    around record;
    is_half boolean;
begin
    if caom2_ai.is_region(region) is not true then
        return null;
    elsif n = 3 then
        south := region[2] - region[3];
        north := region[2] + region[3];
        step := case when greatest(-south, north) < 90 then asind(least(1, sind(region[3]) / cosd(region[2]))) else 180 end;
        west := region[1] - step;
        east := region[1] + step;
    else
        select least(min(asind(greatest(-1, least(1, a3)))), min(-top) filter (where north_at_a < 0 and north_at_b > 0)),
            greatest(max(asind(greatest(-1, least(1, a3)))), max(top) filter (where north_at_a > 0 and north_at_b < 0))
        into south, north
        from caom2_ai.polygon_edges(region),
            lateral (
                -- The slope of the edge at both ends, and the highest declination of its great circle.
                select n1 * a2 - n2 * a1 as north_at_a, n1 * b2 - n2 * b1 as north_at_b,
                    atan2d(sqrt(n1 * n1 + n2 * n2), abs(n3)) as top
            ) as slopes;
        if south is null then
            south := region[2];
            north := region[2];
        end if;
        here := region[1];
        west := here;
        east := here;
        for i in 3..n by 2 loop
            step := region[i] - region[i - 2];
            here := here + step - 360 * round(step / 360);
            west := least(west, here);
            east := greatest(east, here);
        end loop;
        around := caom2_ai.polygon_poles(region);
        -- What is half of the sky may lie on either side of its border.
        is_half := abs(abs(caom2_ai.polygon_area(region)) - 2 * pi()) < 1e-9;
        if around.north or around.south or is_half then
            west := 0;
            east := 360;
            north := case when around.north or is_half then 90 else north end;
            south := case when around.south or is_half then -90 else south end;
        end if;
    end if;
    south := greatest(-90, south - margin);
    north := least(90, north + margin);
    step := case when greatest(-south, north) < 89.999999 then margin / cosd(greatest(-south, north)) else 180 end;
    step := least(step + margin, 180);
    east := least(east - west + 2 * step, 360);
    west := case when east = 360 then 0 else west - step - 360 * floor((west - step) / 360) end;
    return box(point(west, south), point(west + east, north));
end
$$;

CREATE FUNCTION caom2_ai.region_centroid(region double precision[]) RETURNS double precision[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
declare
    x double precision;
    y double precision;
    z double precision;
    ra double precision;
begin
    if caom2_ai.is_region(region) is not true then
        return null;
    elsif cardinality(region) = 3 then
        return array[region[1] - 360 * floor(region[1] / 360), region[2]];
    end if;
    select sum(n1 * length), sum(n2 * length), sum(n3 * length) into x, y, z
    from caom2_ai.polygon_edges(region),
        lateral (select sqrt(n1 * n1 + n2 * n2 + n3 * n3) as across, a1 * b1 + a2 * b2 + a3 * b3 as along),
        lateral (select atan2(across, along) / across as length);
    if coalesce(x * x + y * y + z * z < 1e-40, true) then
        select sum(cosd(d) * cosd(r)), sum(cosd(d) * sind(r)), sum(sind(d)) into x, y, z
        from unnest(region) with ordinality as odd (r, n), lateral (select region[n + 1] as d) where n % 2 = 1;
    elsif (caom2_ai.polygon_area(region) < 0) <> (abs(caom2_ai.polygon_area(region)) > 2 * pi()) then
        x := -x;
        y := -y;
        z := -z;
    end if;
    ra := atan2d(y, x);
    return array[case when ra < 0 then ra + 360 else ra end, atan2d(z, sqrt(x * x + y * y))];
end
$$;

CREATE FUNCTION caom2_ai.region_holds(region double precision[], ra double precision, "dec" double precision) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE STRICT COST 500 PARALLEL SAFE
    AS $$
declare
    n constant integer := cardinality(region);
    turn double precision := 0;
    below double precision := 0;
    inside boolean;
    p1 double precision;
    p2 double precision;
    p3 double precision;
    a1 double precision;
    a2 double precision;
    a3 double precision;
    b1 double precision;
    b2 double precision;
    b3 double precision;
    east double precision;
    next_east double precision;
    step double precision;
    here double precision;
    there double precision;
    side double precision;
begin
    if (caom2_ai.is_region(region) and abs(ra) <= 720 and abs("dec") <= 90) is not true then
        return null;
    end if;
    p1 := cosd("dec") * cosd(ra);
    p2 := cosd("dec") * sind(ra);
    p3 := sind("dec");
    if n = 3 then
        return caom2_ai.distance(region[1], region[2], ra, "dec") <= region[3];
    end if;
    inside := false;
    a1 := cosd(region[n]) * cosd(region[n - 1]);
    a2 := cosd(region[n]) * sind(region[n - 1]);
    a3 := sind(region[n]);
    here := tand(region[n] / 2);
    -- Where a corner lies east of the position, in [-180, 180).
    east := region[n - 1] - ra;
    east := east - 360 * floor(east / 360 + 0.5);
    for i in 1..n by 2 loop
        b1 := cosd(region[i + 1]) * cosd(region[i]);
        b2 := cosd(region[i + 1]) * sind(region[i]);
        b3 := sind(region[i + 1]);
        -- On which side of the edge the position lies; differences keep the digits of small polygons.
        side := a1 * ((b2 - a2) * (p3 - a3) - (b3 - a3) * (p2 - a2))
            + a2 * ((b3 - a3) * (p1 - a1) - (b1 - a1) * (p3 - a3))
            + a3 * ((b1 - a1) * (p2 - a2) - (b2 - a2) * (p1 - a1));
        if side * side < 1e-30 * ((b1 - a1) ^ 2 + (b2 - a2) ^ 2 + (b3 - a3) ^ 2)
            and caom2_ai.on_arc(a1, a2, a3, b1, b2, b3, p1, p2, p3) then
            return true;
        end if;
        next_east := region[i] - ra;
        next_east := next_east - 360 * floor(next_east / 360 + 0.5);
        step := next_east - east;
        if abs(step) > 180 then
            step := step - 360 * sign(step);
        elsif (east >= 0) <> (next_east >= 0) then
            -- An edge to a pole meets the way there, and in front of all others; the side is nothing for positions in line with it.
            if a3 = 1 or b3 = 1 or (a3 > -1 and b3 > -1 and (side > 0) = (step < 0)) then
                inside := not inside;
            end if;
        end if;
        there := tand(region[i + 1] / 2);
        turn := turn + step;
        below := below + 2 * atan2(sind(step / 2) * (here + there), cosd(step / 2) * (1 + here * there));
        a1 := b1;
        a2 := b2;
        a3 := b3;
        here := there;
        east := next_east;
    end loop;
    return inside <> case when abs(turn) > 180 then (turn > 0) = (below >= 0) else abs(below) > 2 * pi() end;
end
$$;

CREATE FUNCTION caom2_ai.region_meets(one double precision[], other double precision[]) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE STRICT COST 1000 PARALLEL SAFE
    AS $$
begin
    if (caom2_ai.is_region(one) and caom2_ai.is_region(other)) is not true then
        return null;
    elsif cardinality(one) = 3 and cardinality(other) = 3 then
        return caom2_ai.distance(one[1], one[2], other[1], other[2]) <= one[3] + other[3];
    elsif cardinality(one) = 3 then
        return caom2_ai.region_meets(other, one);
    elsif cardinality(other) = 3 then
        return caom2_ai.region_holds(one, other[1], other[2])
            or caom2_ai.polygon_distance(one, other[1], other[2]) <= other[3];
    end if;
    return caom2_ai.region_holds(one, other[1], other[2]) or caom2_ai.region_holds(other, one[1], one[2])
        or caom2_ai.polygons_cross(one, other) > 0;
end
$$;

CREATE FUNCTION caom2_ai.region_within(inner_one double precision[], outer_one double precision[]) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE STRICT COST 1000 PARALLEL SAFE
    AS $$
declare
    n constant integer := cardinality(inner_one);
begin
    if (caom2_ai.is_region(inner_one) and caom2_ai.is_region(outer_one)) is not true then
        return null;
    elsif cardinality(outer_one) = 3 and outer_one[3] = 180 then
        return true;
    elsif n = 3 and cardinality(outer_one) = 3 then
        return caom2_ai.distance(inner_one[1], inner_one[2], outer_one[1], outer_one[2]) + inner_one[3] <= outer_one[3];
    elsif n = 3 then
        return caom2_ai.region_holds(outer_one, inner_one[1], inner_one[2])
            and caom2_ai.polygon_distance(outer_one, inner_one[1], inner_one[2]) >= inner_one[3];
    elsif cardinality(outer_one) = 3 and outer_one[3] > 90 then
        -- What a circle larger than a hemisphere leaves out is a circle around the opposite position.
        return not caom2_ai.region_holds(inner_one, outer_one[1] + 180, -outer_one[2])
            and caom2_ai.polygon_distance(inner_one, outer_one[1] + 180, -outer_one[2]) >= 180 - outer_one[3];
    end if;
    for i in 1..n by 2 loop
        if not caom2_ai.region_holds(outer_one, inner_one[i], inner_one[i + 1]) then
            return false;
        end if;
    end loop;
    return cardinality(outer_one) = 3 or caom2_ai.polygons_cross(inner_one, outer_one) < 2;
end
$$;

CREATE TABLE caom2_ai.picture (
    pictureid bigint NOT NULL,
    artifacturi text NOT NULL,
    part text NOT NULL,
    variant text NOT NULL,
    contentchecksum text,
    png bytea,
    reason text,
    status smallint,
    expires timestamp without time zone,
    size integer GENERATED ALWAYS AS ((COALESCE(octet_length(png), 0) + 250)) STORED NOT NULL,
    made timestamp without time zone DEFAULT (now() AT TIME ZONE 'UTC'::text) NOT NULL,
    used timestamp without time zone DEFAULT (now() AT TIME ZONE 'UTC'::text) NOT NULL,
    CONSTRAINT picture_check CHECK (((png IS NULL) = ((reason IS NOT NULL) AND (status IS NOT NULL))))
);

ALTER TABLE ONLY caom2_ai.picture ALTER COLUMN png SET STORAGE EXTERNAL;

CREATE FUNCTION caom2_ai.use_picture(number bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'caom2_ai'
    BEGIN ATOMIC
 UPDATE caom2_ai.picture SET used = (now() AT TIME ZONE 'UTC'::text)
   WHERE ((picture.pictureid = use_picture.number) AND (picture.used < ((now() AT TIME ZONE 'UTC'::text) - '01:00:00'::interval)));
END;

CREATE FUNCTION caom2_ai_uws.tell_phase() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform pg_notify('caom2_ai_uws', old.jobID || ' ' || coalesce(new.phase, 'DESTROYED'));
    return null;
end
$$;

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

CREATE TABLE caom2_ai.camera (
    cameraid integer NOT NULL,
    mapid integer NOT NULL,
    collection text NOT NULL,
    instrument_name text,
    intent text,
    nimages bigint NOT NULL
);

ALTER TABLE caom2_ai.camera ALTER COLUMN cameraid ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME caom2_ai.camera_cameraid_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
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

CREATE TABLE caom2_ai.node_axis (
    mapid integer NOT NULL,
    node smallint NOT NULL,
    axis public.halfvec NOT NULL
);

CREATE TABLE caom2_ai.node_match (
    mapid1 integer NOT NULL,
    node1 smallint NOT NULL,
    mapid2 integer NOT NULL,
    node2 smallint NOT NULL,
    overlap real NOT NULL
);

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

ALTER TABLE caom2_ai.part_fingerprint ALTER COLUMN imageid ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME caom2_ai.part_fingerprint_imageid_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE caom2_ai.picture ALTER COLUMN pictureid ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME caom2_ai.picture_pictureid_seq
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
    healpix bigint NOT NULL,
    extent box,
    modified timestamp without time zone
);
COMMENT ON TABLE caom2_ai.plane_position IS 'Centres and extents of the footprints of planes; caom2_ai.refresh_positions brings them in line with CAOM.';

CREATE VIEW caom2_ai.plane_centre AS
 SELECT planeid,
    ra,
    "dec",
    healpix,
    extent
   FROM caom2_ai.plane_position s;

CREATE TABLE caom2_ai.schema_version (
    name text NOT NULL,
    number integer,
    sha256 text NOT NULL,
    applied_at timestamp without time zone DEFAULT (now() AT TIME ZONE 'UTC'::text) NOT NULL
);
COMMENT ON TABLE caom2_ai.schema_version IS 'Scripts of sql/ that were applied; number is NULL for those re-applied when they change.';

CREATE TABLE caom2_ai.typical_image (
    mapid integer NOT NULL,
    node smallint NOT NULL,
    rank smallint NOT NULL,
    planeid uuid NOT NULL
);

CREATE TABLE caom2_ai.typical_object (
    mapid integer NOT NULL,
    node smallint NOT NULL,
    rank smallint NOT NULL,
    artifacturi text NOT NULL,
    planeid uuid NOT NULL,
    part text NOT NULL,
    x real NOT NULL,
    y real NOT NULL,
    a real NOT NULL
);

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

CREATE VIEW caom2_ai_view.map_picture AS
 SELECT pictureid,
    artifacturi,
    contentchecksum,
    png,
    reason,
    status,
    ((to_hex(pictureid) || '-'::text) || to_hex(((EXTRACT(epoch FROM made) * (1000000)::numeric))::bigint)) AS tag,
    (used < ((now() AT TIME ZONE 'UTC'::text) - '01:00:00'::interval)) AS isstale,
    true AS visible
   FROM caom2_ai.picture
  WHERE ((variant = 'map'::text) AND ((expires IS NULL) OR (expires > (now() AT TIME ZONE 'UTC'::text))));

CREATE VIEW caom2_ai_view.node AS
 SELECT mapid,
    node,
    gridx,
    gridy,
    nobjects,
    nimages,
    previewurl
   FROM caom2_ai.node;

CREATE VIEW caom2_ai_view.node_axis AS
 SELECT mapid,
    node,
    axis
   FROM caom2_ai.node_axis;

CREATE VIEW caom2_ai_view.node_match AS
 SELECT mapid1,
    node1,
    mapid2,
    node2,
    overlap
   FROM caom2_ai.node_match;

CREATE VIEW caom2_ai_view.obscore AS
 SELECT p.dataproducttype AS dataproduct_type,
    COALESCE(p.calibrationlevel, 1) AS calib_level,
    o.collection AS obs_collection,
    o.observationid AS obs_id,
    p.publisherid AS obs_publisher_did,
    ('ID='::text || replace(replace(replace(replace(replace((p.publisherid)::text, '%'::text, '%25'::text), '+'::text, '%2B'::text), '&'::text, '%26'::text), '#'::text, '%23'::text), ' '::text, '%20'::text)) AS access_url,
    'application/x-votable+xml;content=datalink'::text AS access_format,
    NULL::bigint AS access_estsize,
    o.target_name,
    s.ra AS s_ra,
    s."dec" AS s_dec,
    p.position_bounds_size AS s_fov,
    p.position_bounds AS s_region,
    p.position_resolution AS s_resolution,
    p.position_dimension_naxis1 AS s_xel1,
    p.position_dimension_naxis2 AS s_xel2,
    p.time_bounds_lower AS t_min,
    p.time_bounds_upper AS t_max,
    p.time_exposure AS t_exptime,
    (p.time_resolution * (86400)::double precision) AS t_resolution,
    p.time_dimension AS t_xel,
    p.energy_bounds_lower AS em_min,
    p.energy_bounds_upper AS em_max,
    p.energy_resolvingpower AS em_res_power,
    p.energy_dimension AS em_xel,
    p.observable_ucd AS o_ucd,
    p.polarization_states AS pol_states,
    (p.polarization_dimension)::bigint AS pol_xel,
    o.telescope_name AS facility_name,
    o.instrument_name,
    p.creatorid AS obs_creator_did,
    p.provenance_lastexecuted AS obs_creation_date,
    p.datarelease AS obs_release_date,
        CASE
            WHEN (p.datarelease <= (now() AT TIME ZONE 'UTC'::text)) THEN 'public'::text
            ELSE 'proprietary'::text
        END AS data_rights,
    p.position_samplesize AS s_pixel_scale,
        CASE
            WHEN (p.energy_bounds_lower IS NOT NULL) THEN 'em.wl'::text
            ELSE NULL::text
        END AS em_ucd,
    o.proposal_id,
    s.healpix AS s_healpix,
    s.extent AS s_extent,
    (((p.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (o.metarelease <= (now() AT TIME ZONE 'UTC'::text))) IS TRUE) AS visible
   FROM ((caom2.plane p
     JOIN caom2.observation o ON ((o.obsid = p.obsid)))
     LEFT JOIN caom2_ai.plane_centre s ON ((s.planeid = p.planeid)))
  WHERE ((p.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (o.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND ((o.intent)::text = 'science'::text) AND (((p.calibrationlevel >= 0) AND (p.calibrationlevel <= 4)) OR (p.calibrationlevel IS NULL)) AND ((p.dataproducttype)::text = ANY (ARRAY['image'::text, 'cube'::text, 'spectrum'::text, 'sed'::text, 'timeseries'::text, 'visibility'::text, 'event'::text, 'measurements'::text])));
COMMENT ON COLUMN caom2_ai_view.obscore.s_healpix IS 'twin: healpix, place of s_ra, s_dec';
COMMENT ON COLUMN caom2_ai_view.obscore.s_extent IS 'twin: box of s_region';

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
    i.objectoddness,
    i.naxis1,
    i.naxis2,
    (((p.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(a.contentrelease, p.datarelease) <= (now() AT TIME ZONE 'UTC'::text))) IS TRUE) AS visible
   FROM ((caom2_ai.part_fingerprint i
     JOIN caom2.plane p ON ((p.planeid = i.planeid)))
     JOIN caom2.artifact a ON (((a.planeid = i.planeid) AND ((a.uri)::text >= i.artifacturi) AND ((a.uri)::text <= i.artifacturi))))
  WHERE ((p.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(a.contentrelease, p.datarelease) <= (now() AT TIME ZONE 'UTC'::text)));

CREATE VIEW caom2_ai_view.picture AS
 SELECT c.pictureid,
    a.planeid,
    c.artifacturi,
    c.part,
    c.variant,
    c.png,
    c.reason,
    c.status,
    ((to_hex(c.pictureid) || '-'::text) || to_hex(((EXTRACT(epoch FROM c.made) * (1000000)::numeric))::bigint)) AS tag,
    (c.used < ((now() AT TIME ZONE 'UTC'::text) - '01:00:00'::interval)) AS isstale,
    (((p.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(a.contentrelease, p.datarelease) <= (now() AT TIME ZONE 'UTC'::text))) IS TRUE) AS visible
   FROM ((caom2_ai.picture c
     JOIN caom2.artifact a ON ((((a.uri)::text = c.artifacturi) AND (NOT ((a.contentchecksum)::text IS DISTINCT FROM c.contentchecksum)))))
     JOIN caom2.plane p ON ((p.planeid = a.planeid)))
  WHERE (((c.expires IS NULL) OR (c.expires > (now() AT TIME ZONE 'UTC'::text))) AND (p.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(a.contentrelease, p.datarelease) <= (now() AT TIME ZONE 'UTC'::text)));

CREATE VIEW caom2_ai_view.pictured_object AS
 SELECT o.imageid,
    o.objectid AS number,
    i.planeid,
    i.artifacturi AS uri,
    i.part,
    o.x,
    o.y,
    o.a,
    (((p.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(a.contentrelease, p.datarelease) <= (now() AT TIME ZONE 'UTC'::text))) IS TRUE) AS visible
   FROM (((caom2_ai.object_node o
     JOIN caom2_ai.part_fingerprint i ON (((i.imageid = o.imageid) AND (i.mapid = o.mapid))))
     JOIN caom2.plane p ON ((p.planeid = i.planeid)))
     JOIN caom2.artifact a ON (((a.planeid = i.planeid) AND ((a.uri)::text = i.artifacturi))))
  WHERE ((p.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(a.contentrelease, p.datarelease) <= (now() AT TIME ZONE 'UTC'::text)));

CREATE VIEW caom2_ai_view.plane AS
 SELECT p.publisherid,
    p.obsid,
    p.planeid,
    p.planeuri,
    p.creatorid,
    p.productid,
    p.metarelease,
    p.metareadgroups,
    p.datarelease,
    p.datareadgroups,
    p.dataproducttype,
    p.calibrationlevel,
    p.provenance_name,
    p.provenance_version,
    p.provenance_reference,
    p.provenance_producer,
    p.provenance_project,
    p.provenance_runid,
    p.provenance_lastexecuted,
    p.provenance_keywords,
    p.provenance_inputs,
    p.metrics_sourcenumberdensity,
    p.metrics_background,
    p.metrics_backgroundstddev,
    p.metrics_fluxdensitylimit,
    p.metrics_maglimit,
    p.observable_ucd,
    p.quality_flag,
    p.position_bounds,
    p.position_bounds_samples,
    p.position_bounds_size,
    p.position_resolution,
    p.position_samplesize,
    p.position_dimension_naxis1,
    p.position_dimension_naxis2,
    p.position_timedependent,
    p.energy_bounds_lower,
    p.energy_bounds_upper,
    p.energy_bounds_width,
    p.energy_dimension,
    p.energy_resolvingpower,
    p.energy_samplesize,
    p.energy_energybands,
    p.energy_bandpassname,
    p.energy_transition_species,
    p.energy_transition_transition,
    p.energy_freqwidth,
    p.energy_freqsamplesize,
    p.energy_restwav,
    p.time_bounds_lower,
    p.time_bounds_upper,
    p.time_bounds_width,
    p.time_dimension,
    p.time_resolution,
    p.time_samplesize,
    p.time_exposure,
    p.polarization_states,
    p.polarization_dimension,
    p.custom_ctype,
    p.custom_bounds_lower,
    p.custom_bounds_upper,
    p.custom_bounds_width,
    p.custom_dimension,
    p.metaproducer,
    p.lastmodified,
    p.maxlastmodified,
    p.metachecksum,
    p.accmetachecksum,
    s.ra AS position_bounds_ra,
    s."dec" AS position_bounds_dec,
    s.healpix AS position_bounds_healpix,
    s.extent AS position_bounds_extent,
    ((p.metarelease <= (now() AT TIME ZONE 'UTC'::text)) IS TRUE) AS visible
   FROM (caom2.plane p
     LEFT JOIN caom2_ai.plane_centre s ON ((s.planeid = p.planeid)))
  WHERE (p.metarelease <= (now() AT TIME ZONE 'UTC'::text));
COMMENT ON COLUMN caom2_ai_view.plane.position_bounds_ra IS 'twin: ra of centroid(position_bounds)';
COMMENT ON COLUMN caom2_ai_view.plane.position_bounds_dec IS 'twin: dec of centroid(position_bounds)';
COMMENT ON COLUMN caom2_ai_view.plane.position_bounds_healpix IS 'twin: healpix, place of centroid(position_bounds)';
COMMENT ON COLUMN caom2_ai_view.plane.position_bounds_extent IS 'twin: box of position_bounds';

CREATE VIEW caom2_ai_view.shown_file AS
 SELECT p.planeid,
    a.uri,
    a.contentchecksum,
    row_number() OVER (PARTITION BY p.planeid ORDER BY ((a.producttype)::text = ANY (ARRAY['science'::text, 'this'::text])) DESC, ( SELECT count(*) AS count
           FROM caom2_ai.part_fingerprint f
          WHERE (f.artifacturi = (a.uri)::text)) DESC, a.uri) AS place,
    (((p.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(a.contentrelease, p.datarelease) <= (now() AT TIME ZONE 'UTC'::text))) IS TRUE) AS visible
   FROM (caom2.plane p
     JOIN caom2.artifact a ON ((a.planeid = p.planeid)))
  WHERE ((p.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(a.contentrelease, p.datarelease) <= (now() AT TIME ZONE 'UTC'::text)) AND ((a.producttype)::text = ANY (ARRAY['science'::text, 'this'::text, 'calibration'::text])) AND ((p.dataproducttype IS NULL) OR ((p.dataproducttype)::text = 'image'::text)));

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
           FROM caom2_ai_view.tap_keys k))
  ORDER BY key_id, from_column;

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

CREATE VIEW caom2_ai_view.typical_image AS
 SELECT t.mapid,
    t.node,
    t.rank,
    t.planeid,
    (((f.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(f.contentrelease, f.datarelease) <= (now() AT TIME ZONE 'UTC'::text))) IS TRUE) AS visible
   FROM ((caom2_ai.typical_image t
     JOIN caom2_ai.map m ON ((m.mapid = t.mapid)))
     JOIN caom2_ai.fingerprint f ON (((f.planeid = t.planeid) AND (f.mapid = m.objectmapid))))
  WHERE ((f.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(f.contentrelease, f.datarelease) <= (now() AT TIME ZONE 'UTC'::text)));

CREATE VIEW caom2_ai_view.typical_object AS
 SELECT t.mapid,
    t.node,
    t.rank,
    t.planeid,
    t.artifacturi,
    t.part,
    t.x,
    t.y,
    t.a,
    (((p.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(a.contentrelease, p.datarelease) <= (now() AT TIME ZONE 'UTC'::text))) IS TRUE) AS visible
   FROM ((caom2_ai.typical_object t
     JOIN caom2.plane p ON ((p.planeid = t.planeid)))
     JOIN caom2.artifact a ON (((a.planeid = t.planeid) AND ((a.uri)::text = t.artifacturi))))
  WHERE ((p.metarelease <= (now() AT TIME ZONE 'UTC'::text)) AND (COALESCE(a.contentrelease, p.datarelease) <= (now() AT TIME ZONE 'UTC'::text)));

CREATE VIEW caom2_ai_view.typical_sprite AS
 SELECT o.mapid,
    o.node,
    o.planeid,
    o.artifacturi,
    o.part,
    o.x,
    o.y,
    o.a,
    concat_ws(' '::text, o.node, o.planeid, o.artifacturi, o.part, o.x, o.y) AS cell,
    o.visible
   FROM ( SELECT DISTINCT ON (typical_object.mapid, typical_object.node) typical_object.mapid,
            typical_object.node,
            typical_object.rank,
            typical_object.planeid,
            typical_object.artifacturi,
            typical_object.part,
            typical_object.x,
            typical_object.y,
            typical_object.a,
            typical_object.visible
           FROM caom2_ai_view.typical_object
          ORDER BY typical_object.mapid, typical_object.node, typical_object.rank) o
UNION ALL
 SELECT i.mapid,
    i.node,
    i.planeid,
    NULL::text AS artifacturi,
    ''::text AS part,
    NULL::real AS x,
    NULL::real AS y,
    NULL::real AS a,
    concat_ws(' '::text, i.node, i.planeid) AS cell,
    i.visible
   FROM ( SELECT DISTINCT ON (typical_image.mapid, typical_image.node) typical_image.mapid,
            typical_image.node,
            typical_image.rank,
            typical_image.planeid,
            typical_image.visible
           FROM caom2_ai_view.typical_image
          ORDER BY typical_image.mapid, typical_image.node, typical_image.rank) i;

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

ALTER TABLE ONLY caom2_ai.camera
    ADD CONSTRAINT camera_mapid_collection_instrument_name_intent_key UNIQUE NULLS NOT DISTINCT (mapid, collection, instrument_name, intent);

ALTER TABLE ONLY caom2_ai.camera
    ADD CONSTRAINT camera_pkey PRIMARY KEY (cameraid);

ALTER TABLE ONLY caom2_ai.distance_rank
    ADD CONSTRAINT distance_rank_pkey PRIMARY KEY (mapid, rank);

ALTER TABLE ONLY caom2_ai.failure
    ADD CONSTRAINT failure_pkey PRIMARY KEY (artifacturi, modelhash);

ALTER TABLE ONLY caom2_ai.field_node
    ADD CONSTRAINT field_node_pkey PRIMARY KEY (planeid, mapid);

ALTER TABLE ONLY caom2_ai.fingerprint
    ADD CONSTRAINT fingerprint_pkey PRIMARY KEY (planeid, mapid);

ALTER TABLE ONLY caom2_ai.image_oddness
    ADD CONSTRAINT image_oddness_pkey PRIMARY KEY (planeid, mapid);

ALTER TABLE ONLY caom2_ai.label
    ADD CONSTRAINT label_pkey PRIMARY KEY (mapid, node, label);

ALTER TABLE ONLY caom2_ai.map
    ADD CONSTRAINT map_kind_modelhash_key UNIQUE (kind, modelhash);

ALTER TABLE ONLY caom2_ai.map
    ADD CONSTRAINT map_pkey PRIMARY KEY (mapid);

ALTER TABLE ONLY caom2_ai.node_axis
    ADD CONSTRAINT node_axis_pkey PRIMARY KEY (mapid, node);

ALTER TABLE ONLY caom2_ai.node_match
    ADD CONSTRAINT node_match_pkey PRIMARY KEY (mapid1, node1, mapid2, node2);

ALTER TABLE ONLY caom2_ai.node
    ADD CONSTRAINT node_pkey PRIMARY KEY (mapid, node);

ALTER TABLE ONLY caom2_ai.object_vector
    ADD CONSTRAINT object_vector_pkey PRIMARY KEY (objectid);

ALTER TABLE ONLY caom2_ai.part_fingerprint
    ADD CONSTRAINT part_fingerprint_artifacturi_part_mapid_key UNIQUE (artifacturi, part, mapid);

ALTER TABLE ONLY caom2_ai.part_fingerprint
    ADD CONSTRAINT part_fingerprint_pkey PRIMARY KEY (imageid);

ALTER TABLE ONLY caom2_ai.picture
    ADD CONSTRAINT picture_pkey PRIMARY KEY (artifacturi, part, variant);

ALTER TABLE ONLY caom2_ai.plane_position
    ADD CONSTRAINT plane_position_pkey PRIMARY KEY (planeid);

ALTER TABLE ONLY caom2_ai.schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (name);

ALTER TABLE ONLY caom2_ai.typical_image
    ADD CONSTRAINT typical_image_pkey PRIMARY KEY (mapid, node, rank);

ALTER TABLE ONLY caom2_ai.typical_object
    ADD CONSTRAINT typical_object_pkey PRIMARY KEY (mapid, node, rank);

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

CREATE INDEX artifact_contentrelease ON caom2.artifact USING btree (contentrelease) WHERE (contentrelease IS NOT NULL);

CREATE INDEX artifact_lastmodified ON caom2.artifact USING btree (lastmodified);

CREATE INDEX artifact_maxlastmodified ON caom2.artifact USING btree (maxlastmodified);

CREATE INDEX artifact_planeid ON caom2.artifact USING btree (planeid);

CREATE UNIQUE INDEX artifact_uri ON caom2.artifact USING btree (uri);

CREATE INDEX observation_collection ON caom2.observation USING btree (collection, observationid);

CREATE INDEX observation_instrument_name ON caom2.observation USING btree (instrument_name);

CREATE INDEX observation_maxlastmodified ON caom2.observation USING btree (maxlastmodified);

CREATE INDEX observation_observationid ON caom2.observation USING btree (observationid);

CREATE INDEX observation_proposal_id ON caom2.observation USING btree (proposal_id);

CREATE INDEX observation_telescope_name ON caom2.observation USING btree (telescope_name);

CREATE INDEX part_artifactid ON caom2.part USING btree (artifactid);

CREATE INDEX part_lastmodified ON caom2.part USING btree (lastmodified);

CREATE INDEX part_maxlastmodified ON caom2.part USING btree (maxlastmodified);

CREATE INDEX plane_datarelease ON caom2.plane USING btree (datarelease);

CREATE INDEX plane_energy_bounds_lower ON caom2.plane USING btree (energy_bounds_lower);

CREATE INDEX plane_energy_bounds_upper ON caom2.plane USING btree (energy_bounds_upper);

CREATE INDEX plane_energy_restwav ON caom2.plane USING btree (energy_restwav) WHERE (energy_restwav IS NOT NULL);

CREATE INDEX plane_lastmodified ON caom2.plane USING btree (lastmodified);

CREATE INDEX plane_maxlastmodified ON caom2.plane USING btree (maxlastmodified);

CREATE INDEX plane_metarelease ON caom2.plane USING btree (metarelease);

CREATE INDEX plane_obsid ON caom2.plane USING btree (obsid);

CREATE INDEX plane_polarization_states ON caom2.plane USING btree (polarization_states) WHERE (polarization_states IS NOT NULL);

CREATE INDEX plane_productid ON caom2.plane USING btree (productid);

CREATE INDEX plane_provenance_runid ON caom2.plane USING btree (provenance_runid) WHERE (provenance_runid IS NOT NULL);

CREATE INDEX plane_time_bounds_lower ON caom2.plane USING btree (time_bounds_lower);

CREATE INDEX plane_time_bounds_upper ON caom2.plane USING btree (time_bounds_upper);

CREATE INDEX plane_time_bounds_width ON caom2.plane USING btree (time_bounds_width);

CREATE INDEX field_node_node ON caom2_ai.field_node USING btree (mapid, node);

CREATE INDEX fingerprint_camera ON caom2_ai.fingerprint USING btree (collection, instrument_name);

CREATE INDEX fingerprint_healpix ON caom2_ai.fingerprint USING btree (healpix);

CREATE INDEX fingerprint_levels ON caom2_ai.fingerprint USING gin (caom2_ai.node_levels(fingerprint));

CREATE INDEX fingerprint_nodes ON caom2_ai.fingerprint USING gin (array_positions((fingerprint)::boolean[], true));

CREATE INDEX fingerprint_obsid ON caom2_ai.fingerprint USING btree (obsid);

CREATE INDEX fingerprint_place ON caom2_ai.fingerprint USING gist (point((LEAST(tand(((45)::double precision - ("dec" / (2)::double precision))), ('1000000000'::numeric)::double precision) * cosd(ra)), (LEAST(tand(((45)::double precision - ("dec" / (2)::double precision))), ('1000000000'::numeric)::double precision) * sind(ra))));

CREATE UNIQUE INDEX fingerprint_publisherid ON caom2_ai.fingerprint USING btree (publisherid, mapid);

CREATE INDEX fingerprint_time ON caom2_ai.fingerprint USING btree (timemid);

CREATE INDEX image_oddness_camera ON caom2_ai.image_oddness USING btree (cameraid, ishistory);

CREATE UNIQUE INDEX map_current ON caom2_ai.map USING btree (kind) WHERE iscurrent;

CREATE INDEX node_match_second ON caom2_ai.node_match USING btree (mapid2, node2);

CREATE INDEX object_node_healpix ON ONLY caom2_ai.object_node USING btree (healpix);

CREATE INDEX object_node_default_healpix_idx ON caom2_ai.object_node_default USING btree (healpix);

CREATE INDEX object_node_image ON ONLY caom2_ai.object_node USING btree (imageid);

CREATE INDEX object_node_default_imageid_idx ON caom2_ai.object_node_default USING btree (imageid);

CREATE INDEX object_node_node ON ONLY caom2_ai.object_node USING btree (mapid, node, healpix);

CREATE INDEX object_node_default_mapid_node_healpix_idx ON caom2_ai.object_node_default USING btree (mapid, node, healpix);

CREATE INDEX object_node_place ON ONLY caom2_ai.object_node USING gist (point((LEAST(tand(((45)::double precision - ("dec" / (2)::double precision))), ('1000000000'::numeric)::double precision) * cosd(ra)), (LEAST(tand(((45)::double precision - ("dec" / (2)::double precision))), ('1000000000'::numeric)::double precision) * sind(ra))));

CREATE INDEX object_node_default_point_idx ON caom2_ai.object_node_default USING gist (point((LEAST(tand(((45)::double precision - ("dec" / (2)::double precision))), ('1000000000'::numeric)::double precision) * cosd(ra)), (LEAST(tand(((45)::double precision - ("dec" / (2)::double precision))), ('1000000000'::numeric)::double precision) * sind(ra))));

CREATE INDEX object_vector_healpix ON caom2_ai.object_vector USING btree (healpix);

CREATE INDEX object_vector_image ON caom2_ai.object_vector USING btree (imageid);

CREATE INDEX object_vector_node ON caom2_ai.object_vector USING btree (mapid, node, healpix);

CREATE INDEX part_fingerprint_planeid ON caom2_ai.part_fingerprint USING btree (planeid, mapid);

CREATE INDEX part_fingerprint_publisherid ON caom2_ai.part_fingerprint USING btree (publisherid);

CREATE UNIQUE INDEX picture_number ON caom2_ai.picture USING btree (pictureid);

CREATE INDEX picture_used ON caom2_ai.picture USING btree (used) INCLUDE (size);

CREATE INDEX plane_position_extent ON caom2_ai.plane_position USING gist (extent);

CREATE INDEX plane_position_healpix ON caom2_ai.plane_position USING btree (healpix);

CREATE INDEX plane_position_place ON caom2_ai.plane_position USING gist (point((LEAST(tand(((45)::double precision - ("dec" / (2)::double precision))), ('1000000000'::numeric)::double precision) * cosd(ra)), (LEAST(tand(((45)::double precision - ("dec" / (2)::double precision))), ('1000000000'::numeric)::double precision) * sind(ra))));

CREATE INDEX job_destruction ON caom2_ai_uws.job USING btree (destruction);

CREATE INDEX job_session ON caom2_ai_uws.job USING btree (session, creationtime);

CREATE INDEX job_unfinished ON caom2_ai_uws.job USING btree (phase) WHERE (phase = ANY (ARRAY['QUEUED'::text, 'EXECUTING'::text]));

ALTER INDEX caom2_ai.object_node_healpix ATTACH PARTITION caom2_ai.object_node_default_healpix_idx;

ALTER INDEX caom2_ai.object_node_image ATTACH PARTITION caom2_ai.object_node_default_imageid_idx;

ALTER INDEX caom2_ai.object_node_node ATTACH PARTITION caom2_ai.object_node_default_mapid_node_healpix_idx;

ALTER INDEX caom2_ai.object_node_place ATTACH PARTITION caom2_ai.object_node_default_point_idx;

CREATE TRIGGER tell_phase AFTER DELETE OR UPDATE OF phase ON caom2_ai_uws.job FOR EACH ROW EXECUTE FUNCTION caom2_ai_uws.tell_phase();

ALTER TABLE ONLY caom2.artifact
    ADD CONSTRAINT artifact_planeid_fkey FOREIGN KEY (planeid) REFERENCES caom2.plane(planeid) ON DELETE CASCADE;

ALTER TABLE ONLY caom2.part
    ADD CONSTRAINT part_artifactid_fkey FOREIGN KEY (artifactid) REFERENCES caom2.artifact(artifactid) ON DELETE CASCADE;

ALTER TABLE ONLY caom2.plane
    ADD CONSTRAINT plane_obsid_fkey FOREIGN KEY (obsid) REFERENCES caom2.observation(obsid) ON DELETE CASCADE;

ALTER TABLE ONLY caom2_ai.camera
    ADD CONSTRAINT camera_mapid_fkey FOREIGN KEY (mapid) REFERENCES caom2_ai.map(mapid) ON DELETE CASCADE;

ALTER TABLE ONLY caom2_ai.distance_rank
    ADD CONSTRAINT distance_rank_mapid_fkey FOREIGN KEY (mapid) REFERENCES caom2_ai.map(mapid) ON DELETE CASCADE;

ALTER TABLE ONLY caom2_ai.field_node
    ADD CONSTRAINT field_node_mapid_fkey FOREIGN KEY (mapid) REFERENCES caom2_ai.map(mapid) ON DELETE CASCADE;

ALTER TABLE ONLY caom2_ai.fingerprint
    ADD CONSTRAINT fingerprint_mapid_fkey FOREIGN KEY (mapid) REFERENCES caom2_ai.map(mapid);

ALTER TABLE ONLY caom2_ai.image_oddness
    ADD CONSTRAINT image_oddness_cameraid_fkey FOREIGN KEY (cameraid) REFERENCES caom2_ai.camera(cameraid) ON DELETE CASCADE;

ALTER TABLE ONLY caom2_ai.image_oddness
    ADD CONSTRAINT image_oddness_planeid_mapid_fkey FOREIGN KEY (planeid, mapid) REFERENCES caom2_ai.fingerprint(planeid, mapid) ON DELETE CASCADE;

ALTER TABLE ONLY caom2_ai.label
    ADD CONSTRAINT label_mapid_node_fkey FOREIGN KEY (mapid, node) REFERENCES caom2_ai.node(mapid, node) ON DELETE CASCADE;

ALTER TABLE ONLY caom2_ai.map
    ADD CONSTRAINT map_objectmapid_fkey FOREIGN KEY (objectmapid) REFERENCES caom2_ai.map(mapid);

ALTER TABLE ONLY caom2_ai.node_axis
    ADD CONSTRAINT node_axis_mapid_fkey FOREIGN KEY (mapid) REFERENCES caom2_ai.map(mapid) ON DELETE CASCADE;

ALTER TABLE ONLY caom2_ai.node
    ADD CONSTRAINT node_mapid_fkey FOREIGN KEY (mapid) REFERENCES caom2_ai.map(mapid) ON DELETE CASCADE;

ALTER TABLE ONLY caom2_ai.node_match
    ADD CONSTRAINT node_match_mapid1_node1_fkey FOREIGN KEY (mapid1, node1) REFERENCES caom2_ai.node(mapid, node) ON DELETE CASCADE;

ALTER TABLE ONLY caom2_ai.node_match
    ADD CONSTRAINT node_match_mapid2_node2_fkey FOREIGN KEY (mapid2, node2) REFERENCES caom2_ai.node(mapid, node) ON DELETE CASCADE;

ALTER TABLE ONLY caom2_ai.part_fingerprint
    ADD CONSTRAINT part_fingerprint_mapid_fkey FOREIGN KEY (mapid) REFERENCES caom2_ai.map(mapid);

ALTER TABLE ONLY caom2_ai.typical_image
    ADD CONSTRAINT typical_image_mapid_node_fkey FOREIGN KEY (mapid, node) REFERENCES caom2_ai.node(mapid, node) ON DELETE CASCADE;

ALTER TABLE ONLY caom2_ai.typical_object
    ADD CONSTRAINT typical_object_mapid_node_fkey FOREIGN KEY (mapid, node) REFERENCES caom2_ai.node(mapid, node) ON DELETE CASCADE;

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
GRANT USAGE ON SCHEMA caom2_ai TO caomai_service;
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
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE caom2.artifact TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE caom2.observation TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE caom2.plane TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.object_vector TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.part_fingerprint TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.object_vector TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.object_vector TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.distance_rank TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.distance_rank TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.distance_rank TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.field_node TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.fingerprint TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.image_oddness TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.fingerprint TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.fingerprint TO caomai_ingest;
REVOKE ALL ON FUNCTION caom2_ai.give_label(node integer, label text, author text, most_a_minute integer) FROM PUBLIC;
GRANT ALL ON FUNCTION caom2_ai.give_label(node integer, label text, author text, most_a_minute integer) TO caomai_service;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.object_node TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.object_node TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.object_node TO caomai_ingest;
REVOKE ALL ON FUNCTION caom2_ai.make_map_index(mapid integer) FROM PUBLIC;
GRANT ALL ON FUNCTION caom2_ai.make_map_index(mapid integer) TO caomai_ingest;
REVOKE ALL ON FUNCTION caom2_ai.refresh_distance_rank(mapid integer) FROM PUBLIC;
GRANT ALL ON FUNCTION caom2_ai.refresh_distance_rank(mapid integer) TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.node TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.field_node TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.field_node TO caomai_ingest;
REVOKE ALL ON FUNCTION caom2_ai.refresh_nodes() FROM PUBLIC;
GRANT ALL ON FUNCTION caom2_ai.refresh_nodes() TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.picture TO caomai_ingest;
REVOKE ALL ON FUNCTION caom2_ai.use_picture(number bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION caom2_ai.use_picture(number bigint) TO caomai_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE caom2.part TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.camera TO caomai_ingest;
GRANT USAGE ON SEQUENCE caom2_ai.camera_cameraid_seq TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.failure TO caomai_ingest;
GRANT USAGE ON SEQUENCE caom2_ai.map_mapid_seq TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.node_axis TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.node_match TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.object_node_default TO caomai_ingest;
GRANT USAGE ON SEQUENCE caom2_ai.part_fingerprint_imageid_seq TO caomai_ingest;
GRANT USAGE ON SEQUENCE caom2_ai.picture_pictureid_seq TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.plane_position TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.plane_centre TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai.schema_version TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.typical_image TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE caom2_ai.typical_object TO caomai_ingest;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE caom2_ai_uws.job TO caomai_service;
GRANT SELECT ON TABLE caom2_ai_view.artifact TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.artifact TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.map_picture TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.map_picture TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.node TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.node TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.node_axis TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.node_axis TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.node_match TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.node_match TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.obscore TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.obscore TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.observation TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.observation TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.part TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.part TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.part_fingerprint TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.part_fingerprint TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.picture TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.picture TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.pictured_object TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.pictured_object TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.plane TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.plane TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.shown_file TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.shown_file TO caomai_ingest;
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
GRANT SELECT ON TABLE caom2_ai_view.typical_image TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.typical_image TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.typical_object TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.typical_object TO caomai_ingest;
GRANT SELECT ON TABLE caom2_ai_view.typical_sprite TO caomai_query;
GRANT SELECT ON TABLE caom2_ai_view.typical_sprite TO caomai_ingest;
