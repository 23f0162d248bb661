-- name: sample_artifacts
-- One file of each of so many planes of a collection that hold images: the instruments in turn, each by hash; with the
-- names of the parts to read where not all are wanted.
with one as (
    select distinct on (p.planeID) a.artifactID, a.uri, a.productType, a.contentChecksum, o.instrument_name,
        md5(a.uri || ' ' || %(seed)s) as hash
    from caom2.Observation o
    join caom2.Plane p using (obsID)
    join caom2.Artifact a using (planeID)
    where o.collection = %(collection)s
        and (p.dataProductType is null or p.dataProductType = 'image')
        and split_part(a.uri, ':', 1) = any(%(schemes)s)
        and (
            a.productType in ('science', 'this', 'calibration')
            or exists (
                select from caom2.Part t
                where t.artifactID = a.artifactID and t.productType in ('science', 'this', 'calibration')
            )
        )
    order by p.planeID, a.productType in ('science', 'this') desc, a.uri
), ranked as (
    select *, row_number() over (partition by instrument_name order by hash, uri) as turn
    from one
    order by turn, hash, uri
    limit %(limit)s
)
select r.uri, r.contentChecksum, r.instrument_name, parts.selection
from ranked r
left join lateral (
    select case when bool_or(coalesce(t.productType, r.productType) <> all('{science,this,calibration}')) then
        coalesce(
            array_agg(t.name) filter (where coalesce(t.productType, r.productType) = any('{science,this,calibration}')),
            '{}'
        )
    end as selection
    from caom2.Part t
    where t.artifactID = r.artifactID
) parts on true
order by r.turn, r.hash, r.uri;

-- name: list_collections
-- The collections that an archive has.
select distinct collection from caom2.Observation order by collection limit 20;
