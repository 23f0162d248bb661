-- The distances of random pairs in the current Map 1, ascending from 0 to 2, and the percentage of pairs that are nearer.
create function caom2_ai.rank_scale(out dists double precision[], out ranks double precision[]) returns record
language sql stable parallel safe
begin atomic
    select array_agg(s.dist order by s.rank, s.dist), array_agg(s.rank order by s.rank, s.dist)
    from (
        select r.rank, r.dist
        from caom2_ai_view.distance_rank r
        where r.mapID = (select m.mapID from caom2_ai_view.map m where m.kind = 'object' and m.isCurrent = 1)
        union all
        values (0, 0), (100, 2)
    ) s
    having count(*) > 2;
end;

-- The percentage that belongs to a distance on such a scale, between two of its distances in proportion.
create function caom2_ai.rank_among(dist double precision, dists double precision[], ranks double precision[])
returns double precision
language plpgsql immutable parallel safe
as $$
declare
    place constant integer := width_bucket(dist, dists);
begin
    if place = 0 then
        return 0;
    elsif place = cardinality(dists) then
        return 100;
    end if;
    return ranks[place] + (ranks[place + 1] - ranks[place]) * (dist - dists[place]) / (dists[place + 1] - dists[place]);
end
$$;
