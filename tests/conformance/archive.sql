-- What tests/tap/archive.py leaves out: places, times, bands, parts, objects, labels, and values that are hard to write.
-- Planes lie along the celestial equator, every 9 degrees; %(healpix)s are their order-29 numbers, by image-NN.
create temp table place on commit drop as
select planeID, n, 9.0::double precision * n as ra, n - 20.0::double precision as dec,
    (%(healpix)s::bigint[])[n + 1] as healpix
from (select planeID, right(productID, 2)::integer as n from caom2.Plane) p;

update caom2.Observation o set
    type = 'OBJECT',
    proposal_id = 'P' || right(o.observationID, 2),
    proposal_pi = 'Å. Ångström, 王',
    proposal_title = E'Stars & <galaxies>,\t"quoted"\r\nand 50%%; ünïcödé 𝔊',
    proposal_keywords = 'ring|spiral',
    target_type = 'object',
    target_moving = 0,
    target_redshift = 'NaN',
    target_keywords = '',
    telescope_name = 'SIM 1m',
    instrument_name = 'CAM' || mod(length(o.observationID), 2),
    sequenceNumber = -2147483648,
    telescope_geoLocationX = '-Infinity',
    environment_seeing = 1e-300,
    environment_ambientTemp = -5;

update caom2.Plane p set
    calibrationLevel = case when s.n <> 33 then s.n %% 4 end,
    dataProductType = case when s.n = 30 then 'cube' when s.n = 31 then 'eventlist' when s.n = 32 then 'catalog' else 'image' end,
    creatorID = 'ivo://creator.example/SIM?' || s.n,
    position_bounds = case
        when s.n = 2 then null
        when s.n %% 4 = 0 then array[s.ra, s.dec, 0.5]
        else array[s.ra - 0.5, s.dec - 0.5, s.ra + 0.5, s.dec - 0.5, s.ra + 0.5, s.dec + 0.5, s.ra - 0.5, s.dec + 0.5]
    end,
    position_bounds_size = case when s.n <> 2 then 1 end,
    position_sampleSize = 0.3,
    position_dimension_naxis1 = 4096,
    position_dimension_naxis2 = 2048,
    energy_bounds_lower = 5e-7,
    energy_bounds_upper = 6e-7,
    energy_bounds_width = 1e-7,
    energy_resolvingPower = 5.5,
    energy_energyBands = 'Optical',
    energy_bandpassName = 'g´',
    time_bounds_lower = 60000 + s.n,
    time_bounds_upper = 60000.01 + s.n,
    time_bounds_width = 0.01,
    time_resolution = 0.01,
    provenance_name = 'sim',
    provenance_lastExecuted = '2020-01-01 00:00:00.001',
    polarization_states = '/I/Q/U/V/',
    polarization_dimension = 4,
    observable_ucd = 'phot.count'
from place s where s.planeID = p.planeID;

select caom2_ai.refresh_positions(1000);

-- Round numbers, as they were meant.
update caom2_ai.plane_position p set ra = s.ra, dec = s.dec, healpix = s.healpix from place s where s.planeID = p.planeID;

insert into caom2.Part (artifactID, partID, name, productType, lastModified, maxLastModified, metaChecksum, accMetaChecksum)
select artifactID, md5(uri)::uuid, '0', 'science', lastModified, lastModified, 'md5:0', 'md5:0' from caom2.Artifact;

insert into caom2_ai.node (mapID, node, gridX, gridY, previewURL)
select m.mapID, n, n %% m.gridWidth, n / m.gridWidth, case when n = 7 then 'https://pictures.example/7?a=1&b=<2>' end
from caom2_ai.map m, generate_series(0, m.gridWidth * m.gridHeight - 1) n;

insert into caom2_ai.label (mapID, node, label, author, labelPrecision)
select mapID, 7, 'satellite trail', 'Jörg', 0.9 from caom2_ai.map where kind = 'object';

delete from caom2_ai.fingerprint;
insert into caom2_ai.fingerprint (
    planeID, mapID, obsID, publisherID, fingerprint, vector, nObjects, nDetected, sampledFraction, background, noise, fwhm,
    fwhmPixel, elongation, saturatedFraction, maskedFraction, collection, instrument_name, bandpassName, intent,
    metaRelease, dataRelease, ra, dec, healpix, timeMid
)
select k.planeID, k.mapID, k.obsID, k.publisherID, c.counts, k.vector, 26 * s.n, 1000, 0.5,
    case when s.n = 1 then 'Infinity'::real when s.n = 4 then 'NaN' else 100 end, 5, 1.2, 4, 1.1, 0, 0.01, k.collection,
    o.instrument_name, p.energy_bandpassName, k.intent, k.metaRelease, k.dataRelease, case when s.n <> 2 then s.ra end,
    case when s.n <> 2 then s.dec end, case when s.n <> 2 then s.healpix end,
    p.time_bounds_lower
from kept k
join place s on s.planeID = k.planeID
join caom2.Plane p on p.planeID = k.planeID
join caom2.Observation o on o.obsID = k.obsID
cross join lateral (
    select array_agg(case node when 7 then 20 when 40 then 5 when 9 * s.n then 1 else 0 end * s.n order by node) as counts
    from generate_series(0, 399) node
) c;

insert into caom2_ai.camera (mapID, collection, nImages)
select mapID, 'any', 0 from caom2_ai.map where kind = 'object';

insert into caom2_ai.image_oddness (planeID, mapID, cameraID, isHistory, oddness)
select k.planeID, k.mapID, c.cameraID, true, 100 - s.n
from kept k
join place s on s.planeID = k.planeID
join caom2_ai.camera c on c.mapID = k.mapID;

insert into caom2_ai.part_fingerprint (
    planeID, publisherID, artifactURI, part, mapID, contentChecksum, fingerprint, nObjects, nDetected, sampledFraction, naxis1, naxis2
)
select f.planeID, f.publisherID, a.uri, '0', f.mapID, 'md5:0', f.fingerprint, f.nObjects, f.nDetected, 1, 4096, 2048
from caom2_ai.fingerprint f join caom2.Artifact a on a.planeID = f.planeID;

insert into caom2_ai.object_node (
    mapID, imageID, objectID, node, flags, healpix, ra, dec, x, y, a, b, theta, flux, snr, confidence, oddness
)
select i.mapID, i.imageID, k, case k when 1 then 7 else k * 40 end, k, s.healpix, s.ra, s.dec, k, 2 * k, 3, 2, 90, 1000,
    case k when 2 then 'Infinity'::real else 50 end, 0.5, 0.25
from caom2_ai.part_fingerprint i join place s on s.planeID = i.planeID, generate_series(0, 3) k;

insert into caom2_ai.object_vector (objectID, healpix, ra, dec, mapID, imageID, x, y, snr, node, vector)
select (imageID::bigint << 20) + objectID, healpix, ra, dec, mapID, imageID, x, y, snr, node,
    (array_fill(0::real, array[objectID]) || 1::real || array_fill(0::real, array[63 - objectID]))::halfvec
from caom2_ai.object_node where objectID < 2;

insert into caom2_ai.field_node (planeID, mapID, node)
select s.planeID, m.mapID, s.n / 4 from place s, caom2_ai.map m where m.kind = 'field';

insert into caom2_ai.node_match (mapID1, node1, mapID2, node2, overlap)
select mapID, 7, mapID, 8, 0.5 from caom2_ai.map where kind = 'object';
