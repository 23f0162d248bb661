-- The objects that can be compared with each other, of the images whose metadata and pixels are public.
-- The planner drops the join with the observation where neither collection nor instrument_name is asked for.
create view caom2_ai_view.object_vector as
select
    v.objectID, i.publisherID, i.artifactURI, i.part, v.mapID, v.node, v.x, v.y, v.ra, v.dec, v.snr, v.vector,
    o.collection, o.instrument_name, p.planeID, p.obsID, v.healpix,
    (p.metaRelease <= now() at time zone 'UTC'
        and coalesce(a.contentRelease, p.dataRelease) <= now() at time zone 'UTC') is true as visible
from caom2_ai.object_vector v
join caom2_ai.part_fingerprint i on i.imageID = v.imageID
join caom2.Plane p on p.planeID = i.planeID
-- Not an equality: see object_node.
join caom2.Artifact a on a.planeID = i.planeID and a.uri >= i.artifactURI and a.uri <= i.artifactURI
left join caom2.Observation o on o.obsID = p.obsID and o.metaRelease <= now() at time zone 'UTC'
where p.metaRelease <= now() at time zone 'UTC'
    and coalesce(a.contentRelease, p.dataRelease) <= now() at time zone 'UTC';
comment on column caom2_ai_view.object_vector.healpix is 'twin: healpix of ra, dec';
