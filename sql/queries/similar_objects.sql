-- name: list_ids
-- The objects asked about, in the order given.
select id, number from unnest({ids}::bigint[]) with ordinality i(id, number)

-- name: ask_objects
-- Objects as questions: what each looks like, and what must not come back. One of a hidden image is an unknown one.
select i.number::integer as number, i.id::text as id, o.vector, array[o.planeID] as planeIDs, array[o.obsID] as obsIDs,
    array[o.objectID] as objectIDs, case when o.objectID is null then caom2_ai.missing_object(i.id, {mapID}) end as error
from ({listed}) i
left join caom2_ai_view.object_vector o on o.objectID = i.id and o.mapID = {mapID}

-- name: ask_place
-- The object of an image that is nearest to a place, within reach; `apart` says how far one is from it.
select 1 as number, i.id, o.vector, array[o.planeID] as planeIDs, array[o.obsID] as obsIDs, array[o.objectID] as objectIDs,
    case
        when o.objectID is null then caom2_ai.missing_objects(i.id, {mapID}, 'within {reachText}')
        when o.apart > {reach} then 'The nearest object of ' || left(i.id, 200) || ' that can be compared is not within {reachText}: it is '
            || o.objectID || ', ' || round((o.apart * {scale})::numeric, 1) || {unit} || ' from it.'
    end as error
from (select {id}::text as id) i
left join lateral (
    select f.objectID, f.vector, f.planeID, f.obsID, {apart} as apart
    from caom2_ai_view.object_vector f
    where f.publisherID = i.id and f.mapID = {mapID} and ({part}::text is null or f.part = {part}) and {apart} is not null
    order by apart, f.snr desc, f.objectID
    limit 1
) o on true

-- name: apart_on_sky
-- Degrees from a position.
caom2_ai.distance(f.ra, f.dec, {first}, {second})

-- name: apart_in_pixels
-- Pixels from a place.
sqrt((f.x - {first}::double precision) ^ 2 + (f.y - {second}::double precision) ^ 2)

-- name: examples
-- Objects that are like what is wanted, and objects that are not.
select l.id, l.isLike, o.vector::vector, o.planeID, o.obsID, o.objectID, false as isCalibration
from unnest({ids}::bigint[], {areLike}::boolean[]) l(id, isLike)
left join caom2_ai_view.object_vector o on o.objectID = l.id and o.mapID = {mapID}

-- name: unknown_examples
-- Why the first of them that cannot be compared cannot.
caom2_ai.missing_object(min(i.id) filter (where i.vector is null), {mapID})

-- name: find_similar
-- For each question the objects that look most like it, nearest first: by the index, and by looking at every object where the index
-- gave up before it had enough.
with question as materialized ({questions})
select q.number as queryNumber, q.id as queryID, s.*, q.error
from (select * from question order by number) q
left join lateral (
    with nearest as materialized (
        select f.objectID, f.vector <-> q.vector as distance
        from caom2_ai_view.object_vector f
        where q.vector is not null and {wanted}
        order by {nearness}
        limit {k}
    ), found as (
        select objectID, distance from nearest where (select count(*) from nearest) = {k}
        union all
        (
            select f.objectID, f.vector <-> q.vector as distance
            from caom2_ai_view.object_vector f
            where q.vector is not null and (select count(*) from nearest) < {k} and {wanted}
            order by (f.vector <-> q.vector) + 0, f.objectID
            limit {k}
        )
    ), ranked as (
        select n.objectID, n.distance, row_number() over (order by n.distance, n.objectID)::integer as rank
        from found n
        where {maxDistance}::double precision is null or n.distance <= {maxDistance}
    )
    select r.rank, r.distance, f.objectID, f.publisherID, f.artifactURI, f.part, f.node, l.label, f.x, f.y, f.ra, f.dec, f.snr,
        f.collection, f.instrument_name
    from ranked r
    join caom2_ai_view.object_vector f on f.objectID = r.objectID
    left join lateral (
        select string_agg(a.label || case a.origin when 'suggested' then '?' else '' end, ', ' order by a.label) as label
        from caom2_ai_view.label a
        where a.mapID = {mapID} and a.node = f.node
    ) l on true
    order by r.rank
) s on true
where s.rank is not null or q.error is not null

-- name: wanted
-- The objects that an answer may hold, whatever the question.
f.mapID = {mapID}
    and ({collections}::text[] is null or f.collection = any ({collections}))
    and ({instruments}::text[] is null or f.instrument_name = any ({instruments}))
    and ({nodes}::smallint[] is null or f.node = any ({nodes}))

-- name: list_wanted
-- What a search chooses from.
select from caom2_ai_view.object_vector f where {wanted}

-- name: exclude_object
-- Not the object itself.
f.objectID <> all (q.objectIDs)
