-- name: find_current_map
-- The object map that people search.
select mapID, modelHash from caom2_ai_view.map where kind = 'object' and isCurrent = 1;

-- name: ask_images
-- Images as questions: what each looks like, and what must not come back. A hidden image is an unknown one.
select i.number::integer as number, i.id, f.vector, array[f.planeID] as planeIDs, array[f.obsID] as obsIDs,
    f.intent is not distinct from 'calibration' as isCalibration,
    case
        when f.planeID is null then 'No image that can be compared is known here as ' || left(i.id, 200) || '.'
        when f.vector is null then left(i.id, 200) || ' has no objects and no statistics: there is nothing to compare.'
    end as error
from unnest({ids}::text[]) with ordinality i(id, number)
left join caom2_ai_view.fingerprint f on f.publisherID = i.id and f.mapID = {mapID}

-- name: ask_vectors
-- Search vectors that were made elsewhere, as questions.
select v.number::integer as number, v.id, v.vector::halfvec as vector, array[]::uuid[] as planeIDs, array[]::uuid[] as obsIDs,
    false as isCalibration, null::text as error
from unnest({ids}::text[], {vectors}::text[]) with ordinality v(id, vector, number)

-- name: find_similar
-- For each question the nearest images, nearest first: by the index, and by looking at every image where the index gave up
-- before it had enough. The questions come one after the other, so that the answers can be read while the next are found.
with question as materialized ({questions})
select q.number as queryNumber, q.id as queryID, s.*, q.error
from (select * from question order by number) q
left join lateral (
    with nearest as materialized (
        select f.planeID, f.vector <-> q.vector as distance
        from caom2_ai_view.fingerprint f
        where {wanted}
        order by f.vector <-> q.vector
        limit {k}
    ), found as (
        select planeID, distance from nearest where (select count(*) from nearest) = {k}
        union all
        (
            select f.planeID, f.vector <-> q.vector as distance
            from caom2_ai_view.fingerprint f
            where (select count(*) from nearest) < {k} and {wanted}
            order by (f.vector <-> q.vector) + 0, f.publisherID
            limit {k}
        )
    )
    select row_number() over (order by n.distance, f.publisherID)::integer as rank, n.distance, f.publisherID, f.collection,
        o.observationID, f.instrument_name, o.target_name, f.bandpassName, f.intent, p.calibrationLevel, f.ra, f.dec, f.timeMid,
        p.time_exposure, f.nObjects, f.fwhm, f.fieldNode
    from found n
    join caom2_ai_view.fingerprint f on f.planeID = n.planeID and f.mapID = {mapID}
    left join caom2_ai_view.observation o on o.obsID = f.obsID
    left join caom2_ai_view.plane p on p.planeID = f.planeID
    where {maxDistance}::double precision is null or n.distance <= {maxDistance}
    order by rank
) s on true
where s.rank is not null or q.error is not null

-- name: wanted
-- The images that an answer may hold.
q.vector is not null and f.mapID = {mapID} and f.vector is not null
    and ({collections}::text[] is null or f.collection = any ({collections}))
    and ({instruments}::text[] is null or f.instrument_name = any ({instruments}))

-- name: exclude_plane
f.planeID <> all (q.planeIDs)

-- name: exclude_observation
f.obsID <> all (q.obsIDs)

-- name: calibration_auto
(q.isCalibration or f.intent is distinct from 'calibration')

-- name: calibration_exclude
f.intent is distinct from 'calibration'

-- name: calibration_only
f.intent = 'calibration'
