-- ADQL: caomai_rank(dist DOUBLE) -> DOUBLE
-- Percentage (0 to 100) of random pairs of images that are nearer to each other than a distance.
create function caom2_ai.caomai_rank(dist double precision) returns double precision
language sql stable parallel safe
return (
    select below.rank + case
        when above.distance > below.distance
        then (above.rank - below.rank) * (dist - below.distance) / (above.distance - below.distance)
        else 0
    end
    from caom2_ai_view.map m
    cross join lateral (
        select coalesce(max(r.rank), 0) as rank, coalesce(max(r.distance), 0) as distance
        from caom2_ai_view.distance_rank r where r.mapID = m.mapID and r.distance <= dist
    ) below
    cross join lateral (
        select coalesce(min(r.rank), 100) as rank, coalesce(min(r.distance), 2) as distance, count(*) as n
        from caom2_ai_view.distance_rank r where r.mapID = m.mapID and r.distance > dist
    ) above
    where m.kind = 'object' and m.isCurrent = 1 and dist is not null
        and exists (select from caom2_ai_view.distance_rank r where r.mapID = m.mapID)
);
