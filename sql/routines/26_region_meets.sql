-- Whether two regions have a position in common.
create function caom2_ai.region_meets(one double precision[], other double precision[]) returns boolean
language plpgsql immutable strict parallel safe cost 1000
as $$
begin
    if (caom2_ai.is_region(one) and caom2_ai.is_region(other)) is not true then
        return null;
    elsif cardinality(one) = 3 and cardinality(other) = 3 then
        return caom2_ai.distance(one[1], one[2], other[1], other[2]) <= one[3] + other[3];
    elsif cardinality(one) = 3 then
        return caom2_ai.region_meets(other, one);
    elsif cardinality(other) = 3 then
        return caom2_ai.region_holds(one, other[1], other[2])
            or caom2_ai.polygon_distance(one, other[1], other[2]) <= other[3];
    end if;
    return caom2_ai.region_holds(one, other[1], other[2]) or caom2_ai.region_holds(other, one[1], one[2])
        or caom2_ai.polygons_cross(one, other) > 0;
end
$$;
