-- Image n: every 100th, every 1,000th and every 10,000th differ from all others, by each of their properties.
create temp table image on commit drop as
select n, v, ('00000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid as id,
    'ivo://archive.test/MANY?' || lpad(n::text, 5, '0') || '/p' as publisherID,
    case when n %% 10000 = 3 then 10000 when n %% 1000 = 2 then 1000 when n %% 100 = 1 then 100 else 1 end as step
from direction;

insert into caom2.Observation (observationURI, obsID, collection, observationID, algorithm_name, intent, typeCode, metaRelease,
    target_name, lastModified, maxLastModified, metaChecksum, accMetaChecksum)
select 'caom:MANY/' || n, id, 'MANY', n::text, 'exposure', 'science', 'S', '2020-01-01', 'T' || step, '2020-01-01', '2020-01-01',
    'md5:0', 'md5:0'
from image;

insert into caom2.Plane (publisherID, obsID, planeID, planeURI, productID, dataProductType, metaRelease, dataRelease, time_exposure,
    lastModified, maxLastModified, metaChecksum, accMetaChecksum)
select publisherID, id, id, 'caom:MANY/' || n || '/p', 'p', 'image', '2020-01-01', '2020-01-01', step, '2020-01-01', '2020-01-01',
    'md5:0', 'md5:0'
from image;

insert into caom2_ai.fingerprint (planeID, mapID, obsID, publisherID, fingerprint, vector, nObjects, nDetected, sampledFraction,
    collection, instrument_name, intent, metaRelease, dataRelease, ra, dec, healpix, timeMid)
select id, %(map)s, id, publisherID,
    array[1, (step = 100)::integer, (step = 1000)::integer, (step = 10000)::integer] || array_fill(0, array[396]),
    case when v is not null then (v || array_fill(0::real, array[392]))::halfvec end, 2, 2, 1, 'MANY', 'I' || step, 'science', '2020-01-01', '2020-01-01',
    10 * log(step), 5, caom2_ai.healpix(10 * log(step)::double precision, 5), 60000 + step
from image;

insert into caom2_ai.label (mapID, node, label, author)
values (%(map)s, 1, 'one in 100', 'me'), (%(map)s, 2, 'one in 1000', 'me'), (%(map)s, 3, 'one in 10000', 'me')
