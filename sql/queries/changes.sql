-- name: try_lock
-- One worker follows the archive's changes; the others need not wait.
select pg_try_advisory_lock(hashtextextended('caom2_ai changes', 0)) as locked;

-- name: unlock
-- The next may follow.
select pg_advisory_unlock(hashtextextended('caom2_ai changes', 0));

-- name: refresh_positions
-- Positions and extents of planes that are new, changed or gone.
select caom2_ai.refresh_positions(%(limit)s) as changed;

-- name: reattach_parts
-- An archive may give a plane a new planeID or name, or a file to another plane, without a change of pixels; the rows
-- of planes that files came to go, and are found missing below.
with moved as (
    update caom2_ai.part_fingerprint f
    set planeID = p.planeID, publisherID = p.publisherID
    from caom2.Artifact a
    join caom2.Plane p using (planeID)
    where a.uri = f.artifactURI
        and not exists (
            select from caom2.Artifact b
            join caom2.Plane q using (planeID)
            where b.uri = f.artifactURI and q.planeID = f.planeID and q.publisherID = f.publisherID
        )
    returning f.planeID, f.mapID
)
delete from caom2_ai.fingerprint f
using moved m
where f.planeID = m.planeID and f.mapID = m.mapID;

-- name: find_orphans
-- Image HDUs whose file CAOM no longer has in their plane.
select imageID
from caom2_ai.part_fingerprint f
where f.mapID = %(mapID)s
    and not exists (select from caom2.Artifact a where a.uri = f.artifactURI and a.planeID = f.planeID)
limit %(limit)s;

-- name: delete_failures
-- Failures of files that CAOM no longer has.
delete from caom2_ai.failure f
where not exists (select from caom2.Artifact a where a.uri = f.artifactURI and a.planeID = f.planeID);

-- name: find_stale_planes
-- Planes whose row no longer says what CAOM says or what is stored of their parts, and planes that lack a row.
select f.planeID, f.publisherID
from caom2_ai.fingerprint f
left join caom2.Plane p using (planeID)
left join caom2.Observation o on o.obsID = p.obsID
left join caom2_ai.plane_centre s on s.planeID = f.planeID
where f.mapID = %(mapID)s
    and (
        (f.publisherID, f.obsID, f.collection, f.instrument_name, f.bandpassName, f.intent, f.metaRelease,
            f.dataRelease, f.ra, f.dec, f.timeMid)
        is distinct from (p.publisherID::text, p.obsID, o.collection::text, o.instrument_name::text,
            p.energy_bandpassName::text, o.intent::text, p.metaRelease, p.dataRelease, s.ra, s.dec,
            (p.time_bounds_lower + p.time_bounds_upper) / 2)
        or not exists (
            select from caom2_ai.part_fingerprint t
            join caom2.Artifact a on a.uri = t.artifactURI and a.planeID = t.planeID
            where t.planeID = f.planeID and t.mapID = f.mapID
                and a.contentRelease is not distinct from f.contentRelease
        )
    )
union
select t.planeID, t.publisherID
from caom2_ai.part_fingerprint t
where t.mapID = %(mapID)s
    and not exists (select from caom2_ai.fingerprint f where f.planeID = t.planeID and f.mapID = t.mapID)
order by publisherID
limit %(limit)s;
