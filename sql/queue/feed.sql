-- What the worker adds to procrastinate's tables: which images of the archive need work, how far the queue is fed.

-- Images (architecture section 4, "Which pixels": the product type of a part wins over that of its file) without a
-- fingerprint of their present file on a map, and without a reason for that which still holds.
-- The body is a string, so that the archive's tables do not depend on us.
create function caom2_ai_queue.find_work(map integer, model text)
returns table (
    artifactID uuid, uri text, productType text, contentChecksum text, planeID uuid, publisherID text, scheme text
)
language sql stable parallel safe
as $$
    select a.artifactID, a.uri::text, a.productType::text, a.contentChecksum::text, p.planeID, p.publisherID::text,
        split_part(a.uri, ':', 1)
    from caom2.Artifact a
    join caom2.Plane p on p.planeID = a.planeID
    where (p.dataProductType is null or p.dataProductType = 'image')
        and (
            a.productType in ('science', 'this', 'calibration')
            or exists (
                select from caom2.Part t
                where t.artifactID = a.artifactID and t.productType in ('science', 'this', 'calibration')
            )
        )
        and not exists (
            select from caom2_ai.part_fingerprint f
            where f.artifactURI = a.uri and f.mapID = map
                and f.contentChecksum is not distinct from a.contentChecksum
        )
        and not exists (
            select from caom2_ai.failure f
            where f.artifactURI = a.uri and f.modelHash = model
                and f.contentChecksum is not distinct from a.contentChecksum
                and (f.nextTry is null or f.nextTry > now() at time zone 'UTC')
        )
$$;

-- The URI up to which the archive has been looked through.
create table caom2_ai_queue.feed (
    queue text primary key,
    position text not null
);
