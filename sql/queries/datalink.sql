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

-- name: find_content
-- Which of some images were described, and which can be compared, as a whole or by their objects.
select f.publisherID as publisherid, f.planeID::text as planeid, f.vector is not null as has_vector,
    exists (
        select from caom2_ai_view.object_vector o where o.publisherID = f.publisherID and o.mapID = f.mapID
    ) as has_objects
from caom2_ai_view.fingerprint f
where f.publisherID = any(%(ids)s) and f.mapID = %(mapID)s;
