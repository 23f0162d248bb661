-- The box in right ascension and declination that holds a region, a little larger against rounding, for pgsphere's sbox
-- (caom2_ai.try_sbox). It begins in [0, 360) and may end beyond 360.
create function caom2_ai.region_box(region double precision[]) returns box
language plpgsql immutable strict parallel safe
as $$
declare
    n constant integer := cardinality(region);
    margin constant double precision := 1e-9;
    west double precision;
    east double precision;
    south double precision;
    north double precision;
    here double precision;
    step double precision;
    around record;
    is_half boolean;
begin
    if caom2_ai.is_region(region) is not true then
        return null;
    elsif n = 3 then
        south := region[2] - region[3];
        north := region[2] + region[3];
        step := case when greatest(-south, north) < 90 then asind(least(1, sind(region[3]) / cosd(region[2]))) else 180 end;
        west := region[1] - step;
        east := region[1] + step;
    else
        select least(min(asind(greatest(-1, least(1, a3)))), min(-top) filter (where north_at_a < 0 and north_at_b > 0)),
            greatest(max(asind(greatest(-1, least(1, a3)))), max(top) filter (where north_at_a > 0 and north_at_b < 0))
        into south, north
        from caom2_ai.polygon_edges(region),
            lateral (
                -- The slope of the edge at both ends, and the highest declination of its great circle.
                select n1 * a2 - n2 * a1 as north_at_a, n1 * b2 - n2 * b1 as north_at_b,
                    atan2d(sqrt(n1 * n1 + n2 * n2), abs(n3)) as top
            ) as slopes;
        if south is null then
            south := region[2];
            north := region[2];
        end if;
        here := region[1];
        west := here;
        east := here;
        for i in 3..n by 2 loop
            step := region[i] - region[i - 2];
            here := here + step - 360 * round(step / 360);
            west := least(west, here);
            east := greatest(east, here);
        end loop;
        around := caom2_ai.polygon_poles(region);
        -- What is half of the sky may lie on either side of its border.
        is_half := abs(abs(caom2_ai.polygon_area(region)) - 2 * pi()) < 1e-9;
        if around.north or around.south or is_half then
            west := 0;
            east := 360;
            north := case when around.north or is_half then 90 else north end;
            south := case when around.south or is_half then -90 else south end;
        end if;
    end if;
    south := greatest(-90, south - margin);
    north := least(90, north + margin);
    step := case when greatest(-south, north) < 89.999999 then margin / cosd(greatest(-south, north)) else 180 end;
    step := least(step + margin, 180);
    east := least(east - west + 2 * step, 360);
    west := case when east = 360 then 0 else west - step - 360 * floor((west - step) / 360) end;
    return box(point(west, south), point(west + east, north));
end
$$;
