-- The distance of two positions in degrees: exact for small ones and for those near 180.
create function caom2_ai.distance(
    ra1 double precision, dec1 double precision, ra2 double precision, dec2 double precision
) returns double precision
language sql immutable strict parallel safe
return 2 * atan2d(
    sqrt(abs(sind((dec1 - dec2) / 2) ^ 2 + cosd(dec1) * cosd(dec2) * sind((ra1 - ra2) / 2) ^ 2)),
    sqrt(abs(sind((dec1 + dec2) / 2) ^ 2 + cosd(dec1) * cosd(dec2) * cosd((ra1 - ra2) / 2) ^ 2))
);

-- Whether a position on the great circle through a and b lies between them; all are vectors.
create function caom2_ai.on_arc(
    a1 double precision, a2 double precision, a3 double precision,
    b1 double precision, b2 double precision, b3 double precision,
    p1 double precision, p2 double precision, p3 double precision
) returns boolean
language plpgsql immutable strict parallel safe
as $$
declare
    n1 constant double precision := a2 * b3 - a3 * b2;
    n2 constant double precision := a3 * b1 - a1 * b3;
    n3 constant double precision := a1 * b2 - a2 * b1;
    least_product constant double precision := -4e-16 * sqrt(n1 * n1 + n2 * n2 + n3 * n3);
begin
    -- A corner that is repeated makes no arc.
    return least_product < -4e-31
        and (a2 * p3 - a3 * p2) * n1 + (a3 * p1 - a1 * p3) * n2 + (a1 * p2 - a2 * p1) * n3 >= least_product
        and (p2 * b3 - p3 * b2) * n1 + (p3 * b1 - p1 * b3) * n2 + (p1 * b2 - p2 * b1) * n3 >= least_product;
end
$$;
