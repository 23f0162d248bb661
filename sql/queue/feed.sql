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

-- Images whose objects have no vectors, or those of a smaller share than is wanted now, and that were not refused since. Where
-- it was not kept which share an image has, any vector will do.
create function caom2_ai_queue.find_lacking(map integer, model text, share real)
returns table (
    artifactID uuid, uri text, productType text, contentChecksum text, planeID uuid, publisherID text, scheme text
)
language sql stable parallel safe
as $$
    select a.artifactID, a.uri::text, a.productType::text, a.contentChecksum::text, p.planeID, p.publisherID::text,
        split_part(a.uri, ':', 1)
    from caom2.Artifact a
    join caom2.Plane p on p.planeID = a.planeID
    where exists (
            select from caom2_ai.part_fingerprint f
            where f.artifactURI = a.uri and f.mapID = map and f.nObjects > 0
                and f.contentChecksum is not distinct from a.contentChecksum
                and (f.objectShare < share or f.objectShare is null and not exists (
                    select from caom2_ai.object_vector v where v.imageID = f.imageID
                ))
        )
        and not exists (
            select from caom2_ai.failure f
            where f.artifactURI = a.uri and f.modelHash = model
                and f.contentChecksum is not distinct from a.contentChecksum
                and (f.nextTry is null or f.nextTry > now() at time zone 'UTC')
        )
$$;

-- What a worker has to do: with a share of objects that are to have vectors, also what lacks them.
create function caom2_ai_queue.find_work(map integer, model text, share real)
returns table (
    artifactID uuid, uri text, productType text, contentChecksum text, planeID uuid, publisherID text, scheme text
)
language sql stable parallel safe
as $$
    select * from caom2_ai_queue.find_work(map, model)
    union all
    select * from caom2_ai_queue.find_lacking(map, model, share) where share is not null
$$;

-- The URI up to which the archive has been looked through.
create table caom2_ai_queue.feed (
    queue text primary key,
    position text not null
);
