-- name: find_preview
-- The file that shows an image, if anybody may see it, and the picture if there is one. Science before calibration, then what has
-- most parts, as for the fingerprint.
with file as (
    select a.uri, a.contentChecksum
    from caom2_ai_view.plane p
    join caom2_ai_view.artifact a on a.planeID = p.planeID
    where p.planeID = %(planeID)s and coalesce(a.contentRelease, p.dataRelease) <= now() at time zone 'UTC'
        and (p.dataProductType is null or p.dataProductType = 'image')
        and a.productType in ('science', 'this', 'calibration') and (%(uri)s::text is null or a.uri = %(uri)s)
        and (%(part)s = '' or exists (
            select from caom2_ai_view.part_fingerprint f
            where f.planeID = p.planeID and f.artifactURI = a.uri and f.part = %(part)s
        ))
    order by a.productType in ('science', 'this') desc, (
        select count(*) from caom2_ai_view.part_fingerprint f
        where f.planeID = p.planeID and f.artifactURI = a.uri and f.mapID = %(mapID)s
    ) desc, a.uri
    limit 1
)
select f.uri, c.pictureID, c.tag, c.isStale, c.png, c.reason, c.status
from file f
left join caom2_ai_view.picture c
    on c.planeID = %(planeID)s and c.artifactURI = f.uri and c.part = %(part)s and c.variant = %(variant)s;

-- name: find_source
-- A file that is to be drawn, if anybody may see it.
select a.uri, a.contentChecksum
from caom2_ai_view.plane p
join caom2_ai_view.artifact a on a.planeID = p.planeID
where p.planeID = %(planeID)s and a.uri = %(uri)s
    and coalesce(a.contentRelease, p.dataRelease) <= now() at time zone 'UTC';

-- name: keep
-- A picture, or why there is none.
insert into caom2_ai.picture (artifactURI, part, variant, contentChecksum, png, reason, status, expires)
values (
    %(uri)s, %(part)s, %(variant)s, %(contentChecksum)s, %(png)s, %(reason)s, %(status)s,
    now() at time zone 'UTC' + %(seconds)s * interval '1 second'
)
on conflict (artifactURI, part, variant) do update set
    contentChecksum = excluded.contentChecksum, png = excluded.png, reason = excluded.reason,
    status = excluded.status, expires = excluded.expires, made = excluded.made, used = excluded.used;

-- name: use
-- Somebody asked for a picture; written down once an hour.
update caom2_ai.picture set used = now() at time zone 'UTC'
where pictureID = %(pictureID)s and used < now() at time zone 'UTC' - interval '1 hour';

-- name: lock_room
-- One worker at a time makes room.
select pg_try_advisory_xact_lock(hashtextextended('caom2_ai pictures', 0)) as mine;

-- name: make_room
-- The pictures that were not asked for in the longest time go, where all together are larger than a limit: until a tenth is free.
delete from caom2_ai.picture c
using (
    select pictureID, sum(size) over (order by used desc, pictureID desc) as newer, sum(size) over () as total
    from caom2_ai.picture
) s
where c.pictureID = s.pictureID and s.total > %(limit)s and s.newer > 0.9 * %(limit)s;
