-- name: lock
-- One worker at a time compares the images of cameras.
select pg_advisory_xact_lock(hashtextextended('caom2_ai oddness', 0));

-- name: list_cameras
-- Cameras with images that were not compared yet, or whose history is to be chosen anew. Only visible images are a history:
-- nobody shall learn of hidden ones from a percentage. Up to %(most)s images all are history; of more it is a sample, which
-- stays until the camera has grown by a quarter.
with member as (
    select f.collection, f.instrument_name, f.intent, o.cameraID, coalesce(o.isHistory, false) as isHistory,
        (f.metaRelease <= now() at time zone 'UTC'
            and coalesce(f.contentRelease, f.dataRelease) <= now() at time zone 'UTC') is true as isVisible
    from caom2_ai.fingerprint f
    left join caom2_ai.image_oddness o on o.planeID = f.planeID and o.mapID = f.mapID
    where f.mapID = %(mapID)s
), counted as (
    select collection, instrument_name, intent, count(*) filter (where isVisible) as nImages,
        count(*) filter (where isHistory and not isVisible) as nHidden,
        count(*) filter (where isHistory) as nHistory, count(*) filter (where cameraID is null) as nNew
    from member
    group by collection, instrument_name, intent
), judged as (
    select n.*, c.cameraID,
        c.cameraID is null or n.nHidden > 0 or n.nImages >= 1.25 * c.nImages
            or n.nHistory < 0.8 * least(n.nImages, %(most)s)
            or n.nImages <= %(most)s and (n.nHistory <> n.nImages or c.nImages <> n.nImages) as isStale
    from counted n
    left join caom2_ai.camera c
        on c.mapID = %(mapID)s and c.collection = n.collection
        and c.instrument_name is not distinct from n.instrument_name and c.intent is not distinct from n.intent
)
select collection, instrument_name, intent, nImages, cameraID, isStale
from judged
where case when nImages < %(least)s then cameraID is not null else isStale or nNew > 0 end
order by collection, instrument_name, intent;

-- name: forget_camera
-- A camera with all that was compared for it.
delete from caom2_ai.camera where cameraID = %(cameraID)s;

-- name: add_camera
-- A camera whose history is chosen now.
insert into caom2_ai.camera (mapID, collection, instrument_name, intent, nImages)
values (%(mapID)s, %(collection)s, %(instrument_name)s, %(intent)s, %(nImages)s)
returning cameraID;

-- name: choose_history
-- The visible images of a camera, or a sample by the hash of the plane: the same every time.
select f.planeID
from caom2_ai_view.fingerprint f
where f.mapID = %(mapID)s and f.collection = %(collection)s and f.instrument_name is not distinct from %(instrument_name)s
    and f.intent is not distinct from %(intent)s
order by md5(f.planeID::text), f.planeID
limit %(most)s;

-- name: find_history
-- The images that a camera's others are compared with.
select planeID from caom2_ai.image_oddness where cameraID = %(cameraID)s and isHistory order by planeID;

-- name: list_new
-- Images of a camera that were not compared yet.
select f.planeID
from caom2_ai.fingerprint f
where f.mapID = %(mapID)s and f.collection = %(collection)s and f.instrument_name is not distinct from %(instrument_name)s
    and f.intent is not distinct from %(intent)s
    and not exists (select from caom2_ai.image_oddness o where o.planeID = f.planeID and o.mapID = f.mapID)
order by f.planeID;

-- name: read_evidence
-- What is known of images, in the order of planeID; the statistics of their parts one after the other.
select f.planeID, f.vector, f.nDetected::float8, f.background::float8, f.noise::float8, f.fwhmPixel::float8,
    f.elongation::float8, f.saturatedFraction::float8, f.maskedFraction::float8, p.nPixels::float8, p.objectOddness::float8,
    p.statistics
from caom2_ai.fingerprint f
left join lateral (
    select sum(i.naxis1::bigint * i.naxis2) as nPixels, max(i.objectOddness) as objectOddness,
        (select array_agg(s.value order by t.imageID, s.place)
            from caom2_ai.part_fingerprint t
            cross join lateral unnest(t.statistics) with ordinality s(value, place)
            where t.planeID = f.planeID and t.mapID = f.mapID) as statistics
    from caom2_ai.part_fingerprint i
    where i.planeID = f.planeID and i.mapID = f.mapID
) p on true
where f.mapID = %(mapID)s and f.planeID = any(%(planeIDs)s)
order by f.planeID;

-- name: store
-- The oddness of images.
insert into caom2_ai.image_oddness (planeID, mapID, cameraID, isHistory, oddness)
select p.planeID, %(mapID)s, %(cameraID)s, p.isHistory, p.oddness
from unnest(%(planeIDs)s::uuid[], %(isHistory)s::boolean[], %(oddness)s::real[]) p(planeID, isHistory, oddness)
join caom2_ai.fingerprint f on f.planeID = p.planeID and f.mapID = %(mapID)s
on conflict (planeID, mapID) do update
set cameraID = excluded.cameraID, isHistory = excluded.isHistory, oddness = excluded.oddness;
