-- Regions on the sky, in degrees ICRS, as CAOM keeps them: 3 numbers are a circle (ra, dec, radius), 6 or more the corners of
-- a polygon. Edges are the shorter arcs of great circles and belong to the polygon; inside is the smaller side, whichever
-- way the corners turn. The functions on regions give NULL for what is no region, and never fail.
create function caom2_ai.is_region(region double precision[]) returns boolean
language sql immutable strict parallel safe
return (cardinality(region) = 3 or (cardinality(region) >= 6 and cardinality(region) % 2 = 0))
    and array_ndims(region) = 1 and array_lower(region, 1) = 1
    and (-720 <= all (region) and 720 >= all (region)) is true
    and (cardinality(region) > 3 or (region[3] >= 0 and region[3] <= 180 and abs(region[2]) <= 90));
