-- Whether all of one region lies in another; borders may touch.
create function caom2_ai.region_within(inner_one double precision[], outer_one double precision[]) returns boolean
language plpgsql immutable strict parallel safe cost 1000
as $$
declare
    n constant integer := cardinality(inner_one);
begin
    if (caom2_ai.is_region(inner_one) and caom2_ai.is_region(outer_one)) is not true then
        return null;
    elsif cardinality(outer_one) = 3 and outer_one[3] = 180 then
        return true;
    elsif n = 3 and cardinality(outer_one) = 3 then
        return caom2_ai.distance(inner_one[1], inner_one[2], outer_one[1], outer_one[2]) + inner_one[3] <= outer_one[3];
    elsif n = 3 then
        return caom2_ai.region_holds(outer_one, inner_one[1], inner_one[2])
            and caom2_ai.polygon_distance(outer_one, inner_one[1], inner_one[2]) >= inner_one[3];
    elsif cardinality(outer_one) = 3 and outer_one[3] > 90 then
        -- What a circle larger than a hemisphere leaves out is a circle around the opposite position.
        return not caom2_ai.region_holds(inner_one, outer_one[1] + 180, -outer_one[2])
            and caom2_ai.polygon_distance(inner_one, outer_one[1] + 180, -outer_one[2]) >= 180 - outer_one[3];
    end if;
    for i in 1..n by 2 loop
        if not caom2_ai.region_holds(outer_one, inner_one[i], inner_one[i + 1]) then
            return false;
        end if;
    end loop;
    return cardinality(outer_one) = 3 or caom2_ai.polygons_cross(inner_one, outer_one) < 2;
end
$$;
