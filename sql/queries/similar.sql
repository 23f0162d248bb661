-- name: find_current_map
-- The object map that people search.
select mapID, modelHash from caom2_ai_view.map where kind = 'object' and isCurrent = 1;

-- name: find_image
-- An image of the current map, as far as the caller may see it.
select obsID, intent, vector
from caom2_ai_view.fingerprint
where publisherID = %(publisherID)s and mapID = %(mapID)s;

-- name: find_similar
-- The nearest images; siblings of the same exposure and, for a science image, calibration frames are left out.
with nearest as materialized (
    select f.publisherID, f.obsID, f.collection, f.instrument_name, f.vector <-> %(vector)s::halfvec as distance
    from caom2_ai_view.fingerprint f
    where f.mapID = %(mapID)s and f.vector is not null
        and (%(obsID)s::uuid is null or f.obsID <> %(obsID)s)
        and (%(withCalibration)s or f.intent is distinct from 'calibration')
    order by f.vector <-> %(vector)s::halfvec
    limit %(k)s
)
select n.publisherID, n.distance, n.collection, n.instrument_name, o.target_name
from nearest n
left join caom2_ai_view.observation o using (obsID)
order by n.distance, n.publisherID;

-- name: search_exactly
-- Without the index, which may give fewer rows than asked for where a filter leaves few.
set local enable_indexscan = off;
