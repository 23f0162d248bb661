-- The distance in degrees of a position from the border of a polygon: from an edge where the position lies beside it, and
-- from the corners.
create function caom2_ai.polygon_distance(region double precision[], ra double precision, "dec" double precision)
returns double precision
language plpgsql immutable strict parallel safe
as $$
declare
    p1 constant double precision := cosd("dec") * cosd(ra);
    p2 constant double precision := cosd("dec") * sind(ra);
    p3 constant double precision := sind("dec");
    e record;
    along double precision;
    back double precision;
    nearest double precision := 180;
begin
    for i in 1..cardinality(region) by 2 loop
        nearest := least(nearest, caom2_ai.distance(region[i], region[i + 1], ra, "dec"));
    end loop;
    for e in select *, sqrt(n1 * n1 + n2 * n2 + n3 * n3) as length from caom2_ai.polygon_edges(region) loop
        -- How far the position lies from a towards b, and from b towards a, along the edge.
        along := (e.n2 * e.a3 - e.n3 * e.a2) * p1 + (e.n3 * e.a1 - e.n1 * e.a3) * p2 + (e.n1 * e.a2 - e.n2 * e.a1) * p3;
        back := (e.n2 * e.b3 - e.n3 * e.b2) * p1 + (e.n3 * e.b1 - e.n1 * e.b3) * p2
            + (e.n1 * e.b2 - e.n2 * e.b1) * p3;
        if along > 0 and back < 0 then
            nearest := least(nearest, abs(asind(greatest(-1, least(1, (e.n1 * p1 + e.n2 * p2 + e.n3 * p3) / e.length)))));
        end if;
    end loop;
    return nearest;
end
$$;
