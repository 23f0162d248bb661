-- The single objects of the images whose metadata and pixels are public, each in its node of Map 1.
create view caom2_ai_view.object_node as
select
    i.publisherID, i.artifactURI, i.part, o.mapID, o.node, o.confidence, o.oddness, o.x, o.y, o.ra, o.dec, o.a, o.b,
    o.theta, o.flux, o.snr, o.flags, (o.imageID::bigint << 20) + o.objectID as objectID, o.imageID,
    o.healpix,
    (p.metaRelease <= now() at time zone 'UTC'
        and coalesce(a.contentRelease, p.dataRelease) <= now() at time zone 'UTC') is true as visible
from caom2_ai.object_node o
join caom2_ai.part_fingerprint i on i.imageID = o.imageID
join caom2.Plane p on p.planeID = i.planeID
-- Both name one file. As two equalities the planner would take them for independent, expect a single row, and repeat whatever
-- is joined to it for each image: minutes for a crossmatch of positions.
join caom2.Artifact a on a.planeID = i.planeID and a.uri >= i.artifactURI and a.uri <= i.artifactURI
where p.metaRelease <= now() at time zone 'UTC'
    and coalesce(a.contentRelease, p.dataRelease) <= now() at time zone 'UTC';
comment on column caom2_ai_view.object_node.healpix is 'twin: healpix, place of ra, dec';
