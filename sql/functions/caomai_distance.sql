-- ADQL: caomai_distance(v1 REAL[], v2 REAL[]) -> DOUBLE
-- Distance of two search vectors: 0 means the same content, 1.41 unrelated, 2 opposite.
-- ucd: stat.param
-- total
create function caom2_ai.caomai_distance(v1 halfvec, v2 halfvec) returns double precision
language sql immutable parallel safe
return v1 <-> v2;
