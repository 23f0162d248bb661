-- The centre of mass of a region: right ascension in [0, 360) and declination. For a polygon it lies in the direction of the
-- sum of its edges' normals, each as long as the edge. What has no area has the mean of its corners.
create function caom2_ai.region_centroid(region double precision[]) returns double precision[]
language plpgsql immutable strict parallel safe
as $$
declare
    x double precision;
    y double precision;
    z double precision;
    ra double precision;
begin
    if caom2_ai.is_region(region) is not true then
        return null;
    elsif cardinality(region) = 3 then
        return array[region[1] - 360 * floor(region[1] / 360), region[2]];
    end if;
    select sum(n1 * length), sum(n2 * length), sum(n3 * length) into x, y, z
    from caom2_ai.polygon_edges(region),
        lateral (select sqrt(n1 * n1 + n2 * n2 + n3 * n3) as across, a1 * b1 + a2 * b2 + a3 * b3 as along),
        lateral (select atan2(across, along) / across as length);
    if coalesce(x * x + y * y + z * z < 1e-40, true) then
        select sum(cosd(d) * cosd(r)), sum(cosd(d) * sind(r)), sum(sind(d)) into x, y, z
        from unnest(region) with ordinality as odd (r, n), lateral (select region[n + 1] as d) where n % 2 = 1;
    elsif (caom2_ai.polygon_area(region) < 0) <> (abs(caom2_ai.polygon_area(region)) > 2 * pi()) then
        x := -x;
        y := -y;
        z := -z;
    end if;
    ra := atan2d(y, x);
    return array[case when ra < 0 then ra + 360 else ra end, atan2d(z, sqrt(x * x + y * y))];
end
$$;
