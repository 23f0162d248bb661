-- Measure anew how far random pairs of visible images of a map lie apart: all pairs of 600 images, the same ones each time.
create function caom2_ai.refresh_distance_rank(mapID integer) returns void
language sql security definer
set search_path = pg_catalog, caom2_ai
begin atomic
    delete from caom2_ai.distance_rank r where r.mapID = $1;
    insert into caom2_ai.distance_rank (mapID, rank, dist)
    with sample as (
        select row_number() over () as number, s.vector
        from (
            select f.vector from caom2_ai_view.fingerprint f
            where f.mapID = $1 and f.vector is not null
            order by hashtextextended(f.planeID::text, 0) limit 600
        ) s
    ), pair as (
        select s.vector <-> t.vector as dist from sample s join sample t on s.number < t.number
    ), level as (
        select '{0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5}'::double precision[] || array_agg(n::double precision order by n) as ranks
        from generate_series(1, 100) n
    ), quantile as (
        select l.ranks, percentile_cont((select array_agg(r / 100 order by r) from unnest(l.ranks) r))
            within group (order by p.dist) as distances
        from level l cross join pair p
        group by l.ranks
    )
    select $1 as mapID, q.rank, q.dist from quantile, unnest(ranks, distances) q(rank, dist)
    where q.dist is not null;
end;
revoke all on function caom2_ai.refresh_distance_rank from public;
grant execute on function caom2_ai.refresh_distance_rank to caomai_ingest;
