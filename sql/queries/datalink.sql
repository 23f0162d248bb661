-- name: find_files
-- The files of some images, the image itself first. Where nothing is called science, a calibration is the image.
select p.publisherID as publisherid, p.dataProductType as dataproducttype, a.artifactID::text as artifactid, a.uri as uri,
    a.productType as producttype, a.contentType as contenttype, a.contentLength as contentlength,
    coalesce(a.contentRelease, p.dataRelease) <= now() at time zone 'UTC' as is_released,
    coalesce(a.productType in ('science', 'this') or a.productType = 'calibration' and not exists (
        select from caom2_ai_view.artifact s
        where s.planeID = p.planeID and s.productType in ('science', 'this')
    ), false) as is_this
from caom2_ai_view.plane p
left join caom2_ai_view.artifact a on a.planeID = p.planeID
where p.publisherID = any(%(ids)s)
order by is_this desc, a.productType, a.uri;

-- name: find_file
-- One file whose content may be read.
select a.uri as uri, a.contentType as contenttype
from caom2_ai_view.artifact a
join caom2_ai_view.plane p on p.planeID = a.planeID
where a.artifactID = %(artifactID)s and coalesce(a.contentRelease, p.dataRelease) <= now() at time zone 'UTC';

-- name: find_image
-- What an image is compared by: its search vector on the current map.
select f.mapID as mapid, f.obsID as obsid, coalesce(f.intent = 'calibration', false) as is_calibration, f.vector::text as vector
from caom2_ai_view.fingerprint f
where f.publisherID = %(publisherID)s and f.isCurrent = 1 and f.vector is not null;

-- name: find_similar
-- The nearest images of other observations by the index; calibration frames for calibration frames only.
select f.publisherID as publisherid, f.instrument_name, f.vector <-> %(vector)s::halfvec as dist
from caom2_ai_view.fingerprint f
where f.mapID = %(mapID)s and f.vector is not null and f.obsID <> %(obsID)s
    and (%(is_calibration)s or f.intent is distinct from 'calibration')
order by f.vector <-> %(vector)s::halfvec
limit %(k)s;

-- name: find_similar_exactly
-- The same by looking at every image, for where the index gave up before it had enough.
select f.publisherID as publisherid, f.instrument_name, f.vector <-> %(vector)s::halfvec as dist
from caom2_ai_view.fingerprint f
where f.mapID = %(mapID)s and f.vector is not null and f.obsID <> %(obsID)s
    and (%(is_calibration)s or f.intent is distinct from 'calibration')
order by (f.vector <-> %(vector)s::halfvec) + 0, f.publisherID
limit %(k)s;
