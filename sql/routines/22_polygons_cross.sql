-- How the borders of two polygons meet: 2 if an edge crosses another, 1 if they only touch, 0 if they do neither. Two arcs
-- cross where the ends of each lie on both sides of the other, in the same order.
create function caom2_ai.polygons_cross(one double precision[], other double precision[]) returns integer
language sql immutable strict parallel safe
return (
    select coalesce(max(case
        when least(acb, bda, cbd, dac) > 4e-16 or greatest(acb, bda, cbd, dac) < -4e-16 then 2
        when (abs(acb) <= 4e-16 and caom2_ai.on_arc(a.a1, a.a2, a.a3, a.b1, a.b2, a.b3, c.a1, c.a2, c.a3))
            or (abs(dac) <= 4e-16 and caom2_ai.on_arc(c.a1, c.a2, c.a3, c.b1, c.b2, c.b3, a.a1, a.a2, a.a3)) then 1
        else 0
    end), 0)
    from caom2_ai.polygon_edges(one) as a, caom2_ai.polygon_edges(other) as c,
        lateral (
            select -(a.n1 * c.a1 + a.n2 * c.a2 + a.n3 * c.a3) as acb, a.n1 * c.b1 + a.n2 * c.b2 + a.n3 * c.b3 as bda,
                -(c.n1 * a.b1 + c.n2 * a.b2 + c.n3 * a.b3) as cbd, c.n1 * a.a1 + c.n2 * a.a2 + c.n3 * a.a3 as dac
        ) as sides
);
