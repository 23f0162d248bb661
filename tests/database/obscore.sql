-- Planes all over the sky, of 40 collections and 400 instruments.
insert into caom2.Observation (observationURI, obsID, collection, observationID, algorithm_name, intent, metaRelease,
    instrument_name, telescope_name, proposal_id, typeCode, lastModified, maxLastModified, metaChecksum, accMetaChecksum)
select 'caom:X/' || n, md5('o' || n)::uuid, 'C' || n % 40, 'obs-' || n, 'exposure', 'science', '2020-01-01', 'I' || n % 400,
    'T' || n % 40, 'P' || n % 2000, 'S', '2020-01-01', '2020-01-01', '', ''
from generate_series(1, 20000) n;
insert into caom2.Plane (publisherID, obsID, planeID, planeURI, productID, metaRelease, dataRelease, dataProductType,
    calibrationLevel, position_bounds, time_bounds_lower, time_bounds_upper, energy_bounds_lower, energy_bounds_upper,
    lastModified, maxLastModified, metaChecksum, accMetaChecksum)
select 'ivo://x/X?' || n || '/p', md5('o' || n)::uuid, md5('p' || n)::uuid, 'caom:X/' || n || '/p', 'p', '2020-01-01',
    '2020-01-01', 'image', 1, array[n * 0.018, degrees(asin(2 * (n * 0.618 - floor(n * 0.618)) - 1)), 0.1], n, n + 0.1,
    4e-7, 5e-7, '2020-01-01', '2020-01-01', '', ''
from generate_series(1, 20000) n;
select caom2_ai.refresh_positions(100000);
