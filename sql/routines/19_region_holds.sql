-- Whether a position lies in a region. For a polygon: how often its border is met on the way north to the pole, and whether
-- the pole lies inside.
create function caom2_ai.region_holds(region double precision[], ra double precision, "dec" double precision)
returns boolean
language plpgsql immutable strict parallel safe cost 500
as $$
declare
    n constant integer := cardinality(region);
    turn double precision := 0;
    below double precision := 0;
    inside boolean;
    p1 double precision;
    p2 double precision;
    p3 double precision;
    a1 double precision;
    a2 double precision;
    a3 double precision;
    b1 double precision;
    b2 double precision;
    b3 double precision;
    east double precision;
    next_east double precision;
    step double precision;
    here double precision;
    there double precision;
    side double precision;
begin
    if (caom2_ai.is_region(region) and abs(ra) <= 720 and abs("dec") <= 90) is not true then
        return null;
    end if;
    p1 := cosd("dec") * cosd(ra);
    p2 := cosd("dec") * sind(ra);
    p3 := sind("dec");
    if n = 3 then
        return caom2_ai.distance(region[1], region[2], ra, "dec") <= region[3];
    end if;
    inside := false;
    a1 := cosd(region[n]) * cosd(region[n - 1]);
    a2 := cosd(region[n]) * sind(region[n - 1]);
    a3 := sind(region[n]);
    here := tand(region[n] / 2);
    -- Where a corner lies east of the position, in [-180, 180).
    east := region[n - 1] - ra;
    east := east - 360 * floor(east / 360 + 0.5);
    for i in 1..n by 2 loop
        b1 := cosd(region[i + 1]) * cosd(region[i]);
        b2 := cosd(region[i + 1]) * sind(region[i]);
        b3 := sind(region[i + 1]);
        -- On which side of the edge the position lies; differences keep the digits of small polygons.
        side := a1 * ((b2 - a2) * (p3 - a3) - (b3 - a3) * (p2 - a2))
            + a2 * ((b3 - a3) * (p1 - a1) - (b1 - a1) * (p3 - a3))
            + a3 * ((b1 - a1) * (p2 - a2) - (b2 - a2) * (p1 - a1));
        if side * side < 1e-30 * ((b1 - a1) ^ 2 + (b2 - a2) ^ 2 + (b3 - a3) ^ 2)
            and caom2_ai.on_arc(a1, a2, a3, b1, b2, b3, p1, p2, p3) then
            return true;
        end if;
        next_east := region[i] - ra;
        next_east := next_east - 360 * floor(next_east / 360 + 0.5);
        step := next_east - east;
        if abs(step) > 180 then
            step := step - 360 * sign(step);
        elsif (east >= 0) <> (next_east >= 0) then
            -- An edge to a pole meets the way there, and in front of all others; the side is nothing for positions in line with it.
            if a3 = 1 or b3 = 1 or (a3 > -1 and b3 > -1 and (side > 0) = (step < 0)) then
                inside := not inside;
            end if;
        end if;
        there := tand(region[i + 1] / 2);
        turn := turn + step;
        below := below + 2 * atan2(sind(step / 2) * (here + there), cosd(step / 2) * (1 + here * there));
        a1 := b1;
        a2 := b2;
        a3 := b3;
        here := there;
        east := next_east;
    end loop;
    return inside <> case when abs(turn) > 180 then (turn > 0) = (below >= 0) else abs(below) > 2 * pi() end;
end
$$;
