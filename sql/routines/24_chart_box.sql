-- A chart of the sky for indexes: the stereographic projection from the south pole, in which circles stay circles, and which has
-- no seam. chart_point gives where a position lies; indexes write the same out, as they may not depend on functions of ours.
create function caom2_ai.chart_point(ra double precision, "dec" double precision) returns point
language sql immutable strict parallel safe
return case when abs(ra) <= 720 and abs("dec") <= 90 then point(
    least(tand(45 - "dec" / 2), 1e9) * cosd(ra), least(tand(45 - "dec" / 2), 1e9) * sind(ra)
) end;

-- The box on the chart that holds a region, a little larger against rounding: that of the region's circle, or of one through
-- the outermost corner around the mean of them.
create function caom2_ai.chart_box(region double precision[]) returns box
language plpgsql immutable strict parallel safe
as $$
declare
    everything constant box := box(point(-1e10, -1e10), point(1e10, 1e10));
    n constant integer := cardinality(region);
    ra double precision := region[1];
    "dec" double precision := region[2];
    radius double precision := region[3];
    x double precision := 0;
    y double precision := 0;
    z double precision := 0;
    depth double precision;
begin
    if caom2_ai.is_region(region) is not true then
        return null;
    elsif n > 3 then
        for i in 1..n by 2 loop
            x := x + cosd(region[i + 1]) * cosd(region[i]);
            y := y + cosd(region[i + 1]) * sind(region[i]);
            z := z + sind(region[i + 1]);
        end loop;
        if x * x + y * y + z * z < 1e-12 then
            return everything;
        end if;
        ra := atan2d(y, x);
        "dec" := atan2d(z, sqrt(x * x + y * y));
        radius := 0;
        for i in 1..n by 2 loop
            radius := greatest(radius, caom2_ai.distance(ra, "dec", region[i], region[i + 1]));
        end loop;
        -- The smaller side of a border that goes around a hemisphere may lie outside of the circle.
        if radius > 89 then
            return everything;
        end if;
    end if;
    radius := radius + 1e-9;
    if "dec" - radius < -89.999999 then
        return everything;
    end if;
    depth := 2 * sind((90 + "dec" + radius) / 2) * sind((90 + "dec" - radius) / 2);
    x := cosd("dec") * cosd(ra) / depth;
    y := cosd("dec") * sind(ra) / depth;
    radius := sind(radius) / depth + 1e-14 * (abs(x) + abs(y));
    return box(point(x - radius, y - radius), point(x + radius, y + radius));
end
$$;
