-- name: find_current_map
-- The object map that people search.
select mapID, modelHash from caom2_ai_view.map where kind = 'object' and isCurrent = 1;

-- name: ask_images
-- Images as questions: what each looks like, and what must not come back. A hidden image is an unknown one.
select i.number::integer as number, i.id, f.vector, array[f.planeID] as planeIDs, array[f.obsID] as obsIDs,
    f.intent is not distinct from 'calibration' as isCalibration,
    case
        when i.id is null or i.id = '' then 'This row names no image.'
        when f.planeID is null then 'No image that can be compared is known here as ' || left(i.id, 200) || '.'
        when f.vector is null then left(i.id, 200) || ' has no objects and no statistics: there is nothing to compare.'
    end as error
from ({listed}) i
left join caom2_ai_view.fingerprint f on f.publisherID = i.id and f.mapID = {mapID}

-- name: ask_places
-- Places as questions: of the images that show one, that whose centre is nearest to it.
select i.number::integer as number, i.id, f.vector, array[f.planeID] as planeIDs, array[f.obsID] as obsIDs,
    f.intent is not distinct from 'calibration' as isCalibration,
    case
        when num_nulls(i.ra, i."dec") > 0 then 'This row has no place.'
        when f.vector is null then 'No image that can be compared shows the place ' || i.id || '.'
    end as error
from (
    select row_number() over () as number, concat_ws(' ', ra, "dec") as id, ra, "dec" from ({listed}) l(ra, "dec")
) i
left join (
    select distinct on (c.ra, c."dec") c.ra, c."dec", c.planeID
    from ({covering}) c(ra, "dec", planeID, distance)
    order by c.ra, c."dec", c.distance, c.planeID
) c on c.ra = i.ra and c."dec" = i."dec"
left join caom2_ai_view.fingerprint f on f.planeID = c.planeID and f.mapID = {mapID}

-- name: ask_vectors
-- Search vectors, of images or of objects, that were made elsewhere, as questions.
select v.number::integer as number, v.id, v.vector, array[]::uuid[] as planeIDs, array[]::uuid[] as obsIDs,
    array[]::bigint[] as objectIDs, false as isCalibration,
    case when v.vector is null then 'A search vector is {axes} finite numbers that are not all 0; this is none.' end as error
from (
    select l.number, l.id, case
        when cardinality(l.vector) = {axes} and array_position(l.vector, null) is null
            and '-Infinity' < all (l.vector) and 'Infinity' > all (l.vector) and 0 <> any (l.vector)
        then l2_normalize(l.vector::vector)::halfvec
    end as vector
    from ({listed}) l
) v

-- name: ask_examples
-- Several images or objects as one question: the mean of those that are like what is wanted, less a share of the mean of the
-- others. Search vectors that were made elsewhere are like it.
select 1 as number, 'LIKE'::text as id, e.vector, e.planeIDs, e.obsIDs, e.objectIDs, e.isCalibration,
    case
        when e.unknown is not null then e.unknown
        when e.vector is null then 'What is to be like and what is to be unlike cancel each other out.'
    end as error
from (
    select nullif(l2_normalize(
            avg(i.vector) filter (where i.isLike)
            - coalesce(avg(i.vector) filter (where not i.isLike), array_fill(0, array[{axes}])::vector)
            * array_fill({share}::real, array[{axes}])::vector
        ), array_fill(0, array[{axes}])::vector)::halfvec as vector,
        coalesce(array_agg(i.planeID) filter (where i.planeID is not null), '{{}}') as planeIDs,
        coalesce(array_agg(i.obsID) filter (where i.obsID is not null), '{{}}') as obsIDs,
        coalesce(array_agg(i.objectID) filter (where i.objectID is not null), '{{}}') as objectIDs,
        bool_and(i.isCalibration) filter (where i.isLike) as isCalibration,
        {unknown} as unknown
    from (
        {examples}
        union all
        select null, true, v.vector::real[]::vector, null, null, null, false
        from unnest({vectors}::text[]) v(vector)
    ) i
) e

-- name: examples
-- Images that are like what is wanted, and images that are not.
select l.id, l.isLike, f.vector::vector, f.planeID, f.obsID, null::bigint as objectID,
    f.intent is not distinct from 'calibration' as isCalibration
from unnest({ids}::text[], {areLike}::boolean[]) l(id, isLike)
left join caom2_ai_view.fingerprint f on f.publisherID = l.id and f.mapID = {mapID}

-- name: unknown_examples
-- Those of them that cannot be compared.
'No image that can be compared is known here as ' || (string_agg(left(i.id, 200), ', ') filter (where i.vector is null)) || '.'

-- name: list_ids
-- The images asked about, in the order given.
select id, number from unnest({ids}::text[]) with ordinality i(id, number)

-- name: list_vectors
-- The search vectors asked about, in the order given.
select id, vector::real[] as vector, number from unnest({ids}::text[], {vectors}::text[]) with ordinality v(id, vector, number)

-- name: find_similar
-- For each question the nearest images, nearest first: by the index, and by looking at every image where the index gave up
-- before it had enough. The questions come one after the other, so that the answers can be read while the next are found.
with question as materialized ({questions})
select q.number as queryNumber, q.id as queryID, s.*, q.error
from (select * from question order by number) q
left join lateral (
    with nearest as materialized (
        select f.planeID, f.publisherID, f.vector <-> q.vector as distance
        from caom2_ai_view.fingerprint f
        where q.vector is not null and {wanted}
        order by {nearness}
        limit {k}
    ), found as (
        select planeID, publisherID, distance from nearest where (select count(*) from nearest) = {k}
        union all
        (
            select f.planeID, f.publisherID, f.vector <-> q.vector as distance
            from caom2_ai_view.fingerprint f
            where q.vector is not null and (select count(*) from nearest) < {k} and {wanted}
            order by (f.vector <-> q.vector) + 0, f.publisherID
            limit {k}
        )
    ), ranked as (
        select n.planeID, n.distance, row_number() over (order by n.distance, n.publisherID)::integer as rank
        from found n
        where {maxDistance}::double precision is null or n.distance <= {maxDistance}
    ), mine as materialized (
        select a.node, a.axis, inner_product(a.axis, subvector(q.vector, 1, vector_dims(a.axis))) as share
        from caom2_ai_view.node_axis a
        where a.mapID = {mapID}
    )
    select r.rank, r.distance, f.publisherID, f.collection, o.observationID, f.instrument_name, o.target_name, f.bandpassName,
        f.intent, p.calibrationLevel, f.ra, f.dec, f.timeMid, p.time_exposure, f.nObjects, f.fwhm, f.fieldNode,
        e.explanation, e.imageShare
    from ranked r
    join caom2_ai_view.fingerprint f on f.planeID = r.planeID and f.mapID = {mapID}
    left join caom2_ai_view.observation o on o.obsID = f.obsID
    left join caom2_ai_view.plane p on p.planeID = f.planeID
    left join lateral ({explanation}) e on true
    order by r.rank
) s on true
where s.rank is not null or q.error is not null

-- name: explain
-- Why the image `f` of rank `r` is like its question `q`: shares of the inner product of their search vectors, 1 - distance^2 / 2.
select l.imageShare,
    case when l.likeness < 0.1 then 'they have little in common'
    else concat_ws('; ', 'whole image ' || round(100 * l.imageShare) || ' %', n.words) end as explanation
from (
    select i.likeness, subvector(f.vector, 1, s.axes) as objects,
        inner_product(subvector(q.vector, s.axes + 1, 400 - s.axes), subvector(f.vector, s.axes + 1, 400 - s.axes))
            / case when i.likeness >= 0.1 then i.likeness end as imageShare
    from (select vector_dims(axis) as axes from mine limit 1) s, (select 1 - r.distance ^ 2 / 2 as likeness) i
    where r.rank <= {explained}
    offset 0
) l
left join lateral (
    select string_agg(
        case when t.share > 0 then 'node ' else 'little in node ' end || t.node || coalesce(' (' || b.label || ')', '')
            || ' ' || round(100 * t.part / l.likeness) || ' %',
        ', ' order by t.part desc
    ) as words
    from (
        select m.node, m.share, m.share * inner_product(m.axis, l.objects) as part
        from mine m
        order by part desc
        limit 3
    ) t
    left join lateral (
        select a.label || case a.origin when 'suggested' then '?' else '' end as label
        from caom2_ai_view.label a
        where a.mapID = {mapID} and a.node = t.node
        order by a.origin = 'suggested', a.labelPrecision desc nulls last, a.label
        limit 1
    ) b on true
    where t.part >= 0.01 * l.likeness
) n on true

-- name: wanted
-- The images that an answer may hold, whatever the question.
f.mapID = {mapID} and f.vector is not null
    and ({collections}::text[] is null or f.collection = any ({collections}))
    and ({instruments}::text[] is null or f.instrument_name = any ({instruments}))

-- name: list_wanted
-- What a search chooses from.
select from caom2_ai_view.fingerprint f where {wanted}

-- name: nearness
-- What the index knows.
f.vector <-> q.vector

-- name: nearness_exactly
-- What no index knows.
(f.vector <-> q.vector) + 0

-- name: exclude_plane
-- Not the image itself.
f.planeID <> all (q.planeIDs)

-- name: exclude_observation
-- Not what was exposed together with the image.
f.obsID <> all (q.obsIDs)

-- name: exclude_target
-- Nor another image of its target.
f.obsID <> all (q.obsIDs) and coalesce(
    (select lower(btrim(o.target_name)) from caom2_ai_view.observation o where o.obsID = f.obsID) <> all (array(
        select lower(btrim(o.target_name)) from caom2_ai_view.observation o
        where o.obsID = any (q.obsIDs) and btrim(o.target_name) <> ''
    )), true
)

-- name: exclude_field
-- The footprints of two images of one field have a position in common.
f.obsID <> all (q.obsIDs) and (
    select bool_or(caom2_ai.region_meets(p.position_bounds, b.position_bounds))
    from caom2_ai_view.plane p join caom2_ai_view.plane b on b.planeID = any (q.planeIDs)
    where p.planeID = f.planeID
) is not true

-- name: calibration_auto
-- Calibration frames for calibration frames alone.
(q.isCalibration or f.intent is distinct from 'calibration')

-- name: calibration_exclude
-- No calibration frames.
f.intent is distinct from 'calibration'

-- name: calibration_only
-- Calibration frames alone.
f.intent = 'calibration'
