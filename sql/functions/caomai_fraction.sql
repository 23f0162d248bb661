-- ADQL: caomai_fraction(fingerprint INTEGER[], node INTEGER) -> DOUBLE
-- Fraction (0 to 1) of the objects of an image that lie in a node; NULL for an image without objects.
-- The sum is an L1 distance to nothing, because that inlines; single precision is exact up to 16 million objects.
-- predicate: array_positions($1::boolean[], true) @> array[$2 + 1]
-- ucd: meta.number;src.class;arith.ratio
create function caom2_ai.caomai_fraction(fingerprint integer[], node integer) returns double precision
language sql immutable parallel safe
return fingerprint[node + 1]
    / nullif(l1_distance(fingerprint::vector(400), array_fill(0, array[400])::vector(400)), 0);
