-- The area of a region in square degrees.
create function caom2_ai.region_area(region double precision[]) returns double precision
language plpgsql immutable strict parallel safe
as $$
declare
    area double precision;
begin
    if caom2_ai.is_region(region) is not true then
        return null;
    elsif cardinality(region) = 3 then
        return 4 * pi() * degrees(degrees(sind(region[3] / 2) ^ 2));
    end if;
    area := abs(caom2_ai.polygon_area(region));
    return degrees(degrees(greatest(0, least(area, 4 * pi() - area))));
end
$$;
