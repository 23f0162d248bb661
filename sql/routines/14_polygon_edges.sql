-- The edges of a polygon as vectors: each corner a, the next one b, and their product n. Repeated corners make no edge.
create function caom2_ai.polygon_edges(
    region double precision[],
    out a1 double precision, out a2 double precision, out a3 double precision,
    out b1 double precision, out b2 double precision, out b3 double precision,
    out n1 double precision, out n2 double precision, out n3 double precision
) returns setof record
language plpgsql immutable strict parallel safe rows 5
as $$
declare
    n constant integer := cardinality(region);
begin
    a1 := cosd(region[n]) * cosd(region[n - 1]);
    a2 := cosd(region[n]) * sind(region[n - 1]);
    a3 := sind(region[n]);
    for i in 1..n by 2 loop
        b1 := cosd(region[i + 1]) * cosd(region[i]);
        b2 := cosd(region[i + 1]) * sind(region[i]);
        b3 := sind(region[i + 1]);
        -- The difference keeps the digits of short edges.
        n1 := a2 * (b3 - a3) - a3 * (b2 - a2);
        n2 := a3 * (b1 - a1) - a1 * (b3 - a3);
        n3 := a1 * (b2 - a2) - a2 * (b1 - a1);
        if n1 * n1 + n2 * n2 + n3 * n3 > 1e-30 then
            return next;
        end if;
        a1 := b1;
        a2 := b2;
        a3 := b3;
    end loop;
end
$$;
