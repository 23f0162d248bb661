-- ADQL: caomai_fraction(fingerprint INTEGER[], node INTEGER) -> DOUBLE
-- Fraction (0 to 1) of the objects of an image that lie in a node; NULL for an image without objects.
-- note: Unlike a count it compares images of different depth and size.
-- The sum is an L1 distance to nothing, because that inlines; single precision is exact up to 16 million objects.
-- example: SELECT TOP 10 f.publisherID, caomai_fraction(f.fingerprint, {node}) AS fraction FROM caom2_ai.fingerprint AS f WHERE caomai_fraction(f.fingerprint, {node}) >= 0.01 ORDER BY fraction DESC
-- predicate: array_positions($1::boolean[], true) @> array[$2 + 1]
-- ucd: meta.number;src.class;arith.ratio
create function caom2_ai.caomai_fraction(fingerprint integer[], node integer) returns double precision
language sql immutable parallel safe
return fingerprint[node + 1]
    / nullif(l1_distance(fingerprint::vector(400), array_fill(0, array[400])::vector(400)), 0);
