-- ADQL: caomai_rank(dist DOUBLE) -> DOUBLE
-- Percentage (0 to 100) of random pairs of images that are nearer to each other than a distance.
-- ucd: stat.rank
-- total
create function caom2_ai.caomai_rank(dist double precision) returns double precision
language sql stable parallel safe
begin atomic
    select lower.rank + case
        when upper.dist > lower.dist then (upper.rank - lower.rank) * ($1 - lower.dist) / (upper.dist - lower.dist)
        else 0
    end
    from caom2_ai_view.map m
    cross join lateral (
        select coalesce(max(r.rank), 0) as rank, coalesce(max(r.dist), 0) as dist
        from caom2_ai_view.distance_rank r where r.mapID = m.mapID and r.dist <= $1
    ) lower
    cross join lateral (
        select coalesce(min(r.rank), 100) as rank, coalesce(min(r.dist), 2) as dist
        from caom2_ai_view.distance_rank r where r.mapID = m.mapID and r.dist > $1
    ) upper
    where m.kind = 'object' and m.isCurrent = 1 and $1 is not null
        and exists (select from caom2_ai_view.distance_rank r where r.mapID = m.mapID);
end;
