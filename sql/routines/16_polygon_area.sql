-- The area within a polygon's border in steradians, negative if it lies to the right of the border; beyond 2 pi the rest of the
-- sky is the smaller side. It is the sum of the triangles from the first corner to each edge (Eriksson 1990, Math. Mag. 63, 184).
create function caom2_ai.polygon_area(region double precision[]) returns double precision
language sql immutable strict parallel safe
return (
    select coalesce(sum(2 * atan2(
        n1 * (o1 - a1) + n2 * (o2 - a2) + n3 * (o3 - a3),
        1 + a1 * b1 + a2 * b2 + a3 * b3 + o1 * (a1 + b1) + o2 * (a2 + b2) + o3 * (a3 + b3)
    )), 0)
    from caom2_ai.polygon_edges(region), lateral (
        select cosd(region[2]) * cosd(region[1]) as o1, cosd(region[2]) * sind(region[1]) as o2, sind(region[2]) as o3
    ) as origin
);
